import { AwsError } from './errors.ts';
import type { Style } from './route.ts';

/** Why a request is refused. */
export type Fault = 'missing' | 'incomplete' | 'unknownKey' | 'mismatch';

/**
 * AWS's codes. The JSON services refuse with 400 (DynamoDB guide, error handling, in boto3 issue 509; aws-sdk-js issue 254), REST with 403
 * (iamlive issue 58, a Lambda call), forms with codes that do not end in `Exception` (IAM API, common errors).
 */
const codes: Readonly<Record<Style, Readonly<Record<Fault, readonly [string, number]>>>> = {
  json: {
    missing: ['MissingAuthenticationTokenException', 400],
    incomplete: ['IncompleteSignatureException', 400],
    unknownKey: ['UnrecognizedClientException', 400],
    mismatch: ['InvalidSignatureException', 400],
  },
  rest: {
    missing: ['MissingAuthenticationTokenException', 403],
    incomplete: ['IncompleteSignatureException', 403],
    unknownKey: ['UnrecognizedClientException', 403],
    mismatch: ['InvalidSignatureException', 403],
  },
  query: {
    missing: ['MissingAuthenticationToken', 403],
    incomplete: ['IncompleteSignature', 400],
    unknownKey: ['InvalidClientTokenId', 403],
    mismatch: ['SignatureDoesNotMatch', 403],
  },
};

/** Where to find the key, for a caller whose key is missing or wrong; `file` is the stack's `local.json`. */
export const whereKeysAre = (file: string): string =>
  `The key of the local AWS is in ${file} (accessKeyId, secretAccessKey), which the user who started it may read.`;

/** The refusal of a caller, in AWS's code and status for this style. */
export const refusal = (style: Style, fault: Fault, message: string): AwsError => {
  const [code, status] = codes[style][fault];
  return new AwsError(code, message, { status });
};
