import { errorMessage } from '../core/error-message.ts';

/** Turns what an SDK call threw into a sentence of what could not be done, with its cause. */
export const away =
  (what: string) =>
  (cause: unknown): never => {
    throw new Error(`${what}: ${errorMessage(cause)}`, { cause });
  };
