/** Set-up's own failures: the message is the one sentence that a person reads, without a stack. */
export class SetupError extends Error {
  /** @param {string} message
   * @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What a shell says of a program that Ctrl-C ended. */
export const interrupted = 130;

/** One line of progress.
 * @param {string} line */
export const say = (line) => {
  process.stdout.write(`set-up: ${line}\n`);
};
