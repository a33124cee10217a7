import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isAllowed, publicName } from './address.mjs';
import { exit, fileStop, Stop } from './exit.mjs';

/** Downloads a URL into a file. Stop 66 when it does not exist, 77 when it is forbidden, 75 when another try may succeed.
 * @param {URL} url
 * @param {string} path
 * @param {AbortSignal} signal */
export const download = async (url, path, signal) => {
  const answer = await fetchFollowing(url, signal);
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
  // S3 does not accept a body of unknown length.
  const headers = { 'content-length': String(size) };
  const options = { method: 'PUT', body, headers, duplex: 'half', redirect: 'manual', signal };
  // `duplex` is required for a stream, and missing in the types.
  const answer = await send(url, /** @type {RequestInit} */ (/** @type {unknown} */ (options)));
  await answer.body?.cancel();
  if (answer.ok) return;
  throw refused(`${publicName(url)} must take the result`, answer.status, exit.usage);
};

const mostRedirects = 5;

/** Fetches a URL, and follows redirects itself: each step must be a URL that the order could have named.
 * @param {URL} url
 * @param {AbortSignal} signal */
const fetchFollowing = async (url, signal) => {
  let at = url;
  for (let step = 0; step <= mostRedirects; step += 1) {
    const answer = await send(at, { redirect: 'manual', signal });
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || location === null) return answer;
    await answer.body?.cancel();
    at = redirected(location, at);
  }
  throw new Stop(exit.noInput, `${publicName(url)} redirects more than ${mostRedirects} times`);
};

/** @param {URL} url
 * @param {RequestInit} options */
const send = async (url, options) => {
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
  const message = cause instanceof Error ? cause.message : cause;
  return new Stop(
    exit.tryAgain,
    `${name} cannot be reached, or ended the connection: ${message}`,
    error,
  );
};

/** The target of a redirect. A redirect from another machine to this one is refused: the order's author has no access here.
 * @param {string} location
 * @param {URL} from */
const redirected = (location, from) => {
  const redirects = `${publicName(from)} redirects to`;
  if (!URL.canParse(location, from.href))
    throw new Stop(exit.usage, `${redirects} a text that is not a URL`);
  const to = new URL(location, from);
  const isKept = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  if (isKept && isAllowed(to)) return to;
  throw new Stop(
    exit.usage,
    `${redirects} ${publicName(to)}, which must be an https: URL without user and password`,
  );
};

/** @param {string} sentence
 * @param {number} status
 * @param {number} otherwise the exit code when neither a permission nor another try can help */
const refused = (sentence, status, otherwise) => {
  const code =
    status === 401 || status === 403
      ? exit.noPermission
      : status === 408 || status === 429 || status >= 500
        ? exit.tryAgain
        : otherwise;
  return new Stop(code, `${sentence}, but the answer is HTTP ${status}`);
};

/** Whether an error is about the file and not the web: fetch wraps the system's errors in its own.
 * @param {unknown} error */
const isOfFile = (error) => error instanceof Error && 'syscall' in error;
