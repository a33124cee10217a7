import { errorMessage } from '../shared/core/error-message.ts';
import { type Code, codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import type { Deployment } from './deployment.ts';

/** The exit code of a command that failed, and a sentence for the user: what was expected, what came, what to do. */
export const failureMessage = (
  error: unknown,
  deployment: Deployment | undefined,
): { readonly code: Code; readonly sentence: string } => {
  if (error instanceof CommandError) return { code: error.code, sentence: error.message };
  return { code: codes.error, sentence: sentenceOf(error, deployment) };
};

/** Whether the same call would fail in the same way, however long a command waits. */
export const isLasting = (error: unknown): boolean =>
  ofName(error, notAllowed) || ofName(error, notThere);

const notAllowed =
  /AccessDenied|UnrecognizedClient|ExpiredToken|InvalidClientTokenId|Unauthorized|^CredentialsProviderError$/;
const notThere = /^(ResourceNotFoundException|ValidationException|RequestTooLargeException)$/;

const sentenceOf = (error: unknown, deployment: Deployment | undefined): string => {
  const where = deployment?.description ?? 'AWS';
  if (isUnreachable(error)) {
    return deployment?.isLocal
      ? `The local stack at ${deployment.reach.endpoint} does not answer. Start it with \`npm start\`, or name a stage on AWS with --stage.`
      : `AWS does not answer (${errorMessage(error)}). Check the network and --region.`;
  }
  if (ofName(error, /^CredentialsProviderError$/)) {
    return `No AWS credentials were found for ${where}. Log in, or set AWS_PROFILE (${errorMessage(error)}).`;
  }
  if (/region is missing/i.test(errorMessage(error))) {
    return `The AWS region of ${where} is not known. Give --region, or set AWS_REGION.`;
  }
  if (
    ofName(error, /AccessDenied|UnrecognizedClient|ExpiredToken|InvalidClientTokenId|Unauthorized/)
  ) {
    return `AWS does not allow this with your credentials in ${where}: ${errorMessage(error)}`;
  }
  if (ofName(error, /^ResourceNotFoundException$/)) {
    return `Davit is not deployed in ${where}, or it has another stage name: ${errorMessage(error)}`;
  }
  return `${where} answered with an error: ${nameOf(error) || 'Error'}: ${errorMessage(error)}`;
};

// The name and the code are compared, not the message: a message may quote what another program could not reach.
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

const ofName = (error: unknown, names: RegExp): boolean => names.test(nameOf(error));
