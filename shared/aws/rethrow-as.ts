import { errorMessage } from '../core/error-message.ts';

/** Throws an error that says what could not be done, with what was thrown as its cause: `call.catch(rethrowAs('Row a could not be read'))`. */
export const rethrowAs =
  (failure: string) =>
  (cause: unknown): never => {
    throw new Error(`${failure}: ${errorMessage(cause)}`, { cause });
  };
