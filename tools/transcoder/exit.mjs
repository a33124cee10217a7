/** The exit codes of sysexits(3) that this program uses. 64, 65, 66, 77 and 78 can never succeed; 75 may, when tried again. */
export const exit = {
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

/** A value for a sentence; not the content of an object: it may be a presigned URL.
 * @param {unknown} got */
const shown = (got) => {
  if (got === undefined) return 'missing';
  if (Array.isArray(got)) return 'a list';
  return typeof got === 'object' && got !== null ? 'an object' : JSON.stringify(got)?.slice(0, 200);
};

/** Throws Stop 64 about a field of the order: what it must be, and what it is.
 * @type {(name: string, expected: string, got: unknown) => never} */
export const refuse = (name, expected, got) => {
  throw new Stop(exit.usage, `${name} must ${expected}, but is ${shown(got)}`);
};

const codes = new Map([
  ['ENOSPC', exit.tryAgain],
  ['EDQUOT', exit.tryAgain],
  ['EACCES', exit.noPermission],
  ['EPERM', exit.noPermission],
  ['EROFS', exit.noPermission],
  ['EISDIR', exit.usage],
  ['ENAMETOOLONG', exit.usage],
  ['ELOOP', exit.usage],
]);

/** The Stop for a file error of the system.
 * @param {unknown} error
 * @param {string} what the beginning of the sentence: what was tried
 * @param {number} [missing] the exit code when the file, or its folder, does not exist */
export const fileStop = (error, what, missing = exit.noInput) => {
  const word = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isMissing = word === 'ENOENT' || word === 'ENOTDIR';
  const code = isMissing ? missing : (codes.get(word) ?? exit.software);
  return new Stop(code, `${what}: ${error instanceof Error ? error.message : error}`, error);
};
