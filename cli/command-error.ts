import type { Code } from './codes.ts';

/** Ends a command: its message is a sentence for the user, and the process exits with its code. */
export class CommandError extends Error {
  readonly code: Code;
  constructor(code: Code, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CommandError';
    this.code = code;
  }
}
