import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RestedWorld } from '../slowest.ts';

/** How far searches with `--until` have come: every seed below `next` was played. */
export interface Place {
  readonly next: number;
  readonly violations: number;
  readonly tally: readonly (readonly [what: string, times: number])[];
  /** The slowest worlds so far; searches of earlier days kept none. */
  readonly slowest?: readonly RestedWorld[];
}

const beginning: Place = { next: 1, violations: 0, tally: [] };

/** Reads where the last search stopped; the beginning when there is no file. Throws a sentence for a file that is none of ours. */
export const readPlace = async (path: string): Promise<Place> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return beginning;
  const place: unknown = parsed(text);
  if (isPlace(place)) return place;
  throw new Error(
    `Expected the place where the last search stopped in ${path}, but something else is there: remove the file to begin at seed 1.`,
  );
};

/** Keeps the place. A reader never sees a half of it. */
export const savePlace = async (path: string, place: Place): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, JSON.stringify(place), { mode: 0o600 });
  await rename(`${path}.new`, path);
};

/** Knows below which seed all are played, whatever the order of their ends. */
export const playedBelow = (
  first: number,
): { readonly next: () => number; readonly add: (seed: number) => void } => {
  const above = new Set<number>();
  let next = first;
  return {
    next: () => next,
    add: (seed) => {
      above.add(seed);
      while (above.delete(next)) next += 1;
    },
  };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' &&
  value !== null &&
  'next' in value &&
  Number.isSafeInteger(value.next) &&
  'violations' in value &&
  typeof value.violations === 'number' &&
  'tally' in value &&
  Array.isArray(value.tally) &&
  (!('slowest' in value) || Array.isArray(value.slowest));
