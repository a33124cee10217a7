/** The message of what was thrown; the name of an error without a message. */
export const errorMessage = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
