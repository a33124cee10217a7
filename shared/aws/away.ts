/** What an error says, in one line. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);

/** Turns what an SDK call threw into a sentence of what could not be done, with its cause. */
export const away =
  (what: string) =>
  (cause: unknown): never => {
    throw new Error(`${what}: ${messageOf(cause)}`, { cause });
  };
