import type { Code } from './codes.ts';

/** An end of a command that its user must hear of, in a sentence, with the exit code that goes with it. */
export class Trouble extends Error {
  readonly code: Code;
  constructor(code: Code, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Trouble';
    this.code = code;
  }
}
