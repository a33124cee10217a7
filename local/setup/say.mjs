/** A failure of set-up; a person reads only its message, without a stack trace. */
export class SetupError extends Error {
  /** @param {string} message
   * @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The exit code of a program that Ctrl-C ended, as shells report it. */
export const interrupted = 130;

/** One line of progress.
 * @param {string} line */
export const say = (line) => {
  process.stdout.write(`set-up: ${line}\n`);
};
