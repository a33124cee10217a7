import { errorMessage } from '../../shared/core/error-message.ts';

/** A refusal of AWS: `code` is the exception's name, `extra` its further members. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    more: { status?: number; extra?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = more.status ?? 400;
    this.extra = more.extra ?? {};
  }
}

/** The refusal of a call that this machine does not have. It lists the calls that there are. */
export const unknownOperation = (
  service: string,
  action: string,
  known: readonly string[],
): AwsError =>
  new AwsError(
    'UnknownOperationException',
    `${service} ${action} is not part of the local AWS, which knows ${known.toSorted().join(', ')}.`,
  );

/** The refusal of a call that comes while the stack is stopping. An SDK tries again, so the next stack may answer. */
export const stopping = (): AwsError =>
  new AwsError('ServiceUnavailable', 'The local stack is stopping: start it again.', {
    status: 503,
  });

/** A fault of this machine, not of the caller: AWS's 500, so that an SDK tries again. */
export const internalError = (cause: unknown): AwsError =>
  new AwsError('InternalFailure', errorMessage(cause), {
    status: 500,
  });
