import { errorMessage } from '../../shared/core/error-message.ts';

/** No space, no space left for this user, and a file as large as this process may make it (errno(3)). */
const fullCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whether something could not be written because the disk is full. */
export const isOfFullDisk = (cause: unknown): boolean =>
  cause instanceof Error &&
  (('code' in cause && fullCodes.has(cause.code)) || isOfFullDisk(cause.cause));

/** The sentence about a full disk, with what a person can do; undefined for any other error. `dir` is the folder of the stack. */
export const troubleWithDisk = (dir: string, cause: unknown): string | undefined =>
  isOfFullDisk(cause)
    ? `The disk of ${dir} is full (${errorMessage(cause)}). Free some space there and start again: what was accepted is kept.`
    : undefined;
