import { fileURLToPath } from 'node:url';
import { refuse } from './exit.mjs';

/** A URL as it may be logged: the secret of a presigned URL is in its query.
 * @param {URL} url */
export const publicName = (url) =>
  // Without a host, the text after the scheme may be a password: user:secret@host/path has the scheme "user:".
  url.host === '' && url.protocol !== 'file:'
    ? `${url.protocol}…`
    : `${url.protocol}//${url.host}${url.pathname}`.slice(0, 500);

/** The URL in a field of the order. Stop 64, with no secret in its sentence, when the value is not a URL that we accept.
 * @param {string} name
 * @param {unknown} value
 * @returns {URL} */
export const addressOf = (name, value) => {
  const expected = 'be a file: or https: URL';
  if (typeof value !== 'string') refuse(name, expected, value);
  if (!URL.canParse(value)) refuse(name, expected, withoutSecrets(value));
  const url = new URL(value);
  if (isAllowed(url)) return url;
  if (url.protocol === 's3:')
    refuse(name, `${expected} (for S3 give a presigned https: URL)`, publicName(url));
  if (hasCredentials(url))
    refuse(name, `${expected} without user and password (give a presigned one)`, publicName(url));
  return refuse(name, expected, publicName(url));
};

/** The path of a file: URL; undefined for a web URL. Stop 64 when no file can have this path.
 * @param {string} name
 * @param {URL} url
 * @returns {string | undefined} */
export const pathOf = (name, url) => {
  if (url.protocol !== 'file:') return undefined;
  if (/[?#]/.test(url.href))
    refuse(name, 'end with its path (in a name ? is %3F, and # is %23)', `${publicName(url)}…`);
  const path = decoded(url);
  // A name cannot contain NUL.
  if (path === undefined || path.includes('\0'))
    refuse(name, 'be a file: URL whose %XX are characters of a name (% itself is %25)', url.href);
  return path;
};

/** Whether we accept a URL. Plain http: only to this machine: no one can listen there, and no cloud serves credentials there. No URL
 * with a password: it would be in the task's row and in its events.
 * @param {URL} url */
export const isAllowed = (url) =>
  !hasCredentials(url) &&
  (url.protocol === 'https:' ||
    (url.protocol === 'file:' && url.host === '') ||
    (url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)));

/** A text that is not a URL, but may have been meant as one, without query and password.
 * @param {string} text */
const withoutSecrets = (text) => text.replace(/[?#].*$/s, '').replace(/^.*@/s, '…@');

/** @param {URL} url */
const hasCredentials = ({ username, password }) => username !== '' || password !== '';

/** @param {URL} url */
const decoded = (url) => {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
};
