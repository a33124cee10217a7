import type { Context } from './context.ts';

/** Runs the work, and answers undefined where it failed because of Ctrl-C. Other errors are thrown. */
export const runUntilStopped = async <T>(
  { signal }: Context,
  work: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) throw error;
    return undefined;
  }
};
