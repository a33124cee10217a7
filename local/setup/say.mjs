/** Set-up's own failures: the message is the one sentence that a person reads, without a stack. */
export class SetupError extends Error {}

/** One line of progress.
 * @param {string} line */
export const say = (line) => {
  process.stdout.write(`set-up: ${line}\n`);
};
