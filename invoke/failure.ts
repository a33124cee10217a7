/** The exit codes of BSD's sysexits.h that `npm run invoke` ends with. */
export const exitCodes = {
  threw: 1,
  usage: 64,
  badData: 65,
  noInput: 66,
  unavailable: 69,
} as const;

/** Why nothing was invoked: a sentence for the person who called, and the exit code. */
export class InvokeFailure extends Error {
  readonly code: number;
  constructor(code: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'InvokeFailure';
    this.code = code;
  }
}
