import type { RequestHead } from './call.ts';
import { AwsError } from './errors.ts';

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Refuses a request of a web page, even if it is signed. Browsers name the page in a header, programs do not. */
export const refuseWebPages = ({ headers }: RequestHead): void => {
  const { host = '', origin } = headers;
  const site = headers['sec-fetch-site'];
  // A page whose host name resolves to this machine (DNS rebinding) sends that name as `Host`.
  if (!loopback.test(host)) {
    throw denied(
      `The local AWS is called by an address of this machine (127.0.0.1, localhost, [::1]), and not as '${host.slice(0, 200)}'.`,
    );
  }
  if (origin !== undefined || site !== undefined) {
    const page = origin === undefined ? `one (Sec-Fetch-Site: ${site})` : origin;
    throw denied(`The local AWS takes no calls of web pages, and this one comes from ${page}.`);
  }
};

const denied = (message: string): AwsError =>
  new AwsError('AccessDeniedException', message, { status: 403 });
