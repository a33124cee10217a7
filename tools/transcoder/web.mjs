import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isAllowed, publicName } from './address.mjs';
import { exit, fileStop, Stop } from './exit.mjs';

/** Streams what a URL answers into a file. Stop 66 when it is not there, 77 when it is forbidden, 75 for what may pass.
 * @param {URL} url
 * @param {string} path
 * @param {AbortSignal} signal */
export const download = async (url, path, signal) => {
  const answer = await followed(url, signal);
  const name = publicName(url);
  if (!answer.ok || answer.body === null) {
    await answer.body?.cancel();
    throw refused(`${name} must answer with a video`, answer.status, exit.noInput);
  }
  try {
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(path), { signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw isOfFile(error) ? fileStop(error, `${path} cannot be written`) : broken(name, error);
  }
};

/** Sends a file to a URL by PUT.
 * @param {string} path
 * @param {URL} url
 * @param {AbortSignal} signal */
export const upload = async (path, url, signal) => {
  const { size } = await stat(path);
  const body = Readable.toWeb(createReadStream(path));
  // S3 takes no body of unknown length.
  const headers = { 'content-length': String(size) };
  const options = { method: 'PUT', body, headers, duplex: 'half', redirect: 'manual', signal };
  // `duplex` is required for a stream, and missing in the types.
  const answer = await sent(url, /** @type {RequestInit} */ (/** @type {unknown} */ (options)));
  await answer.body?.cancel();
  if (answer.ok) return;
  throw refused(`${publicName(url)} must take the result`, answer.status, exit.usage);
};

const mostRedirects = 5;

/** Follows redirects itself: each step must be a URL that the order could have named.
 * @param {URL} url
 * @param {AbortSignal} signal */
const followed = async (url, signal) => {
  let at = url;
  for (let step = 0; step <= mostRedirects; step += 1) {
    const answer = await sent(at, { redirect: 'manual', signal });
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || location === null) return answer;
    await answer.body?.cancel();
    at = redirected(location, at);
  }
  throw new Stop(exit.noInput, `${publicName(url)} leads on more than ${mostRedirects} times`);
};

/** @param {URL} url
 * @param {RequestInit} options */
const sent = async (url, options) => {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw broken(publicName(url), error);
  }
};

/** @param {string} name
 * @param {unknown} error */
const broken = (name, error) => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const said = cause instanceof Error ? cause.message : cause;
  return new Stop(exit.tryAgain, `${name} cannot be reached, or broke off: ${said}`, error);
};

/** Never from elsewhere to this machine, where the order's author may not look.
 * @param {string} location
 * @param {URL} from */
const redirected = (location, from) => {
  const leads = `${publicName(from)} leads to`;
  if (!URL.canParse(location, from.href)) throw new Stop(exit.usage, `${leads} what is no URL`);
  const to = new URL(location, from);
  const isKept = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  if (isKept && isAllowed(to)) return to;
  throw new Stop(
    exit.usage,
    `${leads} ${publicName(to)}, which must be an https: URL without user and password`,
  );
};

/** @param {string} sentence
 * @param {number} status
 * @param {number} otherwise the exit code for what neither a permission nor time can change */
const refused = (sentence, status, otherwise) => {
  const code =
    status === 401 || status === 403
      ? exit.noPermission
      : status === 408 || status === 429 || status >= 500
        ? exit.tryAgain
        : otherwise;
  return new Stop(code, `${sentence}, but the answer is HTTP ${status}`);
};

/** Of the file and not of the web: fetch wraps the system's errors in its own.
 * @param {unknown} error */
const isOfFile = (error) => error instanceof Error && 'syscall' in error;
