import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePatch, applyPatch as patchedBy, type StructuredPatch } from 'diff';

/** A planted fault, as its file holds it. */
export interface Fault {
  /** What is planted, and what it breaks: some lines of plain English. */
  readonly words: string;
  /** The diff of each file that it changes, by the file's path below the root of the sources. */
  readonly diffs: ReadonlyMap<string, StructuredPatch>;
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const ending = '.patch';

/** The names of the faults that have a patch, sorted. */
export const faultNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

/** Reads a fault by its name. Throws when there is no such patch, or when it changes nothing. */
export const readFault = (name: string): Fault => {
  const file = join(folder, `${name}${ending}`);
  if (!existsSync(file))
    throw new Error(
      `Expected the name of a patch in test/faults, but got "${name}": README.md in that folder lists the names.`,
    );
  const text = readFileSync(file, 'utf8');
  const begin = text.search(/^diff --git /m);
  if (begin < 0)
    throw new Error(
      `Expected a unified diff in ${patchOf(name)}, but it has no line that begins with "diff --git": write it with git diff -U2 -- shared.`,
    );
  const diffs = parsePatch(text.slice(begin)).map((diff) => [fileOf(name, diff), diff] as const);
  return { words: text.slice(0, begin).trim(), diffs: new Map(diffs) };
};

/**
 * The sources with a planted fault: the patched text of each file that it changes, by the file's path below `root`
 * (`shared/core/due.ts`). Nothing is written. Throws when the patch does not apply exactly, with no line of its context
 * changed; its lines may have moved.
 */
export const applyPatch = (root: string, name: string): ReadonlyMap<string, string> =>
  new Map(
    [...readFault(name).diffs].map(([file, diff]) => [
      file,
      patched(sourceOf(root, { name, file }), diff, { name, file }),
    ]),
  );

interface Place {
  readonly name: string;
  readonly file: string;
}

const sourceOf = (root: string, { name, file }: Place): string => {
  const path = join(root, file);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new Error(
    `Expected the file ${file}, which ${patchOf(name)} changes, but there is none below ${root}: ${remedy}`,
  );
};

const patched = (source: string, diff: StructuredPatch, { name, file }: Place): string => {
  const text = patchedBy(source, diff, { fuzzFactor: 0, autoConvertLineEndings: false });
  if (text !== false) return text;
  // Named alone, because the patch of a file says only that not all of them fit.
  const misfit = diff.hunks.find((hunk) => patchedBy(source, { ...diff, hunks: [hunk] }) === false);
  const { oldStart = 1, oldLines = 1, lines = [] } = misfit ?? {};
  const expected = lines.filter((line) => /^[ -]/.test(line)).map((line) => line.slice(1));
  const came = source.split('\n').slice(oldStart - 1, oldStart - 1 + oldLines);
  throw new Error(
    [
      `Expected ${patchOf(name)} to apply exactly to ${file}. It expects these lines from line ${oldStart} on, or elsewhere:`,
      ...expected.map((line) => `  ${line}`),
      `but line ${oldStart} and the next ones are:`,
      ...came.map((line) => `  ${line}`),
      remedy,
    ].join('\n'),
  );
};

const remedy =
  'plant the same fault in the code of today, and write the patch again with git diff -U2 -- shared.';

const patchOf = (name: string): string => `test/faults/${name}${ending}`;

const fileOf = (name: string, { oldFileName, newFileName, hunks }: StructuredPatch): string => {
  const file = oldFileName?.replace(/^a\//, '') ?? '';
  if (file !== '' && newFileName === `b/${file}` && hunks.length > 0) return file;
  throw new Error(
    `Expected each diff of ${patchOf(name)} to change one file in place (a/… and b/… with the same path), but got ${oldFileName} and ${newFileName}: write it with git diff -U2 -- shared.`,
  );
};
