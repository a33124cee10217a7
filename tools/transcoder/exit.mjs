/** The exit codes of sysexits(3) that this program uses. 64, 65, 66, 77 and 78 can never succeed; 75 may, when tried again. */
export const EXIT = {
  usage: 64,
  data: 65,
  noInput: 66,
  software: 70,
  tryAgain: 75,
  noPermission: 77,
  configuration: 78,
};

/** An end with a sentence for the person who reads the log, and the exit code for the program that reads the rest. */
export class Stop extends Error {
  /**
   * @param {number} code
   * @param {string} sentence
   * @param {unknown} [cause]
   */
  constructor(code, sentence, cause) {
    super(sentence, { cause });
    this.code = code;
  }
}

/** What the system's word for a file's trouble means for us.
 * @param {unknown} error
 * @param {string} what the sentence's beginning: what was tried */
export function fileStop(error, what) {
  const word = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said = `${what}: ${error instanceof Error ? error.message : error}`;
  if (word === 'ENOSPC' || word === 'EDQUOT') return new Stop(EXIT.tryAgain, said, error);
  if (word === 'EACCES' || word === 'EPERM' || word === 'EROFS') {
    return new Stop(EXIT.noPermission, said, error);
  }
  if (word === 'ENOENT' || word === 'ENOTDIR') return new Stop(EXIT.noInput, said, error);
  if (word === 'EISDIR') return new Stop(EXIT.usage, said, error);
  return new Stop(EXIT.software, said, error);
}
