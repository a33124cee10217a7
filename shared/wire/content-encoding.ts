import { shown } from './shown.ts';

// Values for a body without an encoding (RFC 9110 § 8.4). Some clients write the character set here.
const plain: readonly string[] = ['', 'identity', 'utf-8', 'utf8'];

/** The end of a sentence about a body that could not be read: names the content encoding, which may be the reason. */
export const encodingRemark = (contentEncoding: string | undefined): string =>
  contentEncoding === undefined || plain.includes(contentEncoding.toLowerCase())
    ? ''
    : ` (it was published with content_encoding ${shown(contentEncoding)}, which Davit does not decode)`;
