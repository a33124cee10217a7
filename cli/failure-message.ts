import { type Code, codes } from './codes.ts';
import type { Deployment } from './deployment.ts';
import { Trouble } from './trouble.ts';

/** What a person reads when a command did not come to its end: what was expected, what came, what to do. */
export const explained = (
  error: unknown,
  place: Deployment | undefined,
): { readonly code: Code; readonly sentence: string } => {
  if (error instanceof Trouble) return { code: error.code, sentence: error.message };
  return { code: codes.trouble, sentence: sentenceOf(error, place) };
};

const sentenceOf = (error: unknown, place: Deployment | undefined): string => {
  const called = place?.called ?? 'AWS';
  if (isUnreachable(error)) {
    return place?.isLocal
      ? `The local stack at ${place.reach.endpoint} does not answer. Start it with \`npm start\`, or name a stage on AWS with --stage.`
      : `AWS does not answer (${messageOf(error)}). Check the network and --region.`;
  }
  if (ofName(error, /^CredentialsProviderError$/)) {
    return `No AWS credentials were found for ${called}: log in, or set AWS_PROFILE (${messageOf(error)}).`;
  }
  if (/region is missing/i.test(messageOf(error))) {
    return `No region is known for ${called}: give --region, or set AWS_REGION.`;
  }
  if (
    ofName(error, /AccessDenied|UnrecognizedClient|ExpiredToken|InvalidClientTokenId|Unauthorized/)
  ) {
    return `AWS does not let these credentials do that in ${called}: ${messageOf(error)}`;
  }
  if (ofName(error, /^ResourceNotFoundException$/)) {
    return `Davit is not deployed in ${called}, or under another stage name: ${messageOf(error)}`;
  }
  return `${called} answered with an error: ${nameOf(error) || 'Error'}: ${messageOf(error)}`;
};

// By name and code: a message may quote what some other program could not reach.
const unreachable =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimeoutError)$/;

const isUnreachable = (error: unknown): boolean =>
  chain(error).some((one) => unreachable.test(nameOf(one)) || unreachable.test(codeOf(one)));

const chain = (error: unknown): readonly unknown[] => {
  const causes = error instanceof AggregateError ? error.errors : [];
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, ...causes, ...(cause === undefined ? [] : chain(cause))];
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const messageOf = (error: unknown): string =>
  error instanceof Error && error.message ? error.message : String(error);

const ofName = (error: unknown, names: RegExp): boolean => names.test(nameOf(error));
