import { shown } from './shown.ts';

// What publishers write of a body that is as it stands (RFC 9110 § 8.4, and clients that mean its characters).
const plain: readonly string[] = ['', 'identity', 'utf-8', 'utf8'];

/** For the end of a sentence about a body that could not be read: the encoding that may be why. */
export const encodingRemark = (contentEncoding: string | undefined): string =>
  contentEncoding === undefined || plain.includes(contentEncoding.toLowerCase())
    ? ''
    : ` (it was published with content_encoding ${shown(contentEncoding)}, which Davit does not decode)`;
