import type { EcsError } from './call.ts';

/** The answer of an operation: its output, or AWS's exception as a value. */
export type Outcome<T> =
  | { readonly ok: true; readonly output: T }
  | { readonly ok: false; readonly error: EcsError };

export const fine = <T>(output: T): Outcome<T> => ({ ok: true, output });

export const refused = (error: EcsError): { readonly ok: false; readonly error: EcsError } => ({
  ok: false,
  error,
});

export const invalidParameter = (message: string) =>
  badRequest('InvalidParameterException', message);
export const clientError = (message: string) => badRequest('ClientException', message);
export const malformed = (message: string) => badRequest('SerializationException', message);
export const throttled = () => badRequest('ThrottlingException', 'Rate exceeded');
export const clusterNotFound = () => badRequest('ClusterNotFoundException', 'Cluster not found.');
export const platformUnknown = () =>
  badRequest('PlatformUnknownException', 'The specified platform version does not exist.');

/** The error for a used token with other parameters; it names the tasks of the first call (ECS guide, idempotency). */
export const conflict = (taskArns: readonly string[]): EcsError => ({
  ...badRequest(
    'ConflictException',
    'The specified clientToken was already used for a request with other parameters.',
  ),
  extra: { resourceIds: taskArns },
});

/** All exceptions of ECS except ServerException have HTTP status 400 (ECS guide, API failure reasons). */
const badRequest = (code: string, message: string): EcsError => ({ code, message, status: 400 });
