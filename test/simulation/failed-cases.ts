import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../kit/root.ts';
import type { Plan } from './plan.ts';

/** A plan that broke a promise once. The plan itself is stored, because a seed has another plan when the making of plans changes. */
export interface FailedCase {
  readonly seed: number;
  readonly promise: string;
  /** The sentence of the violation. */
  readonly found: string;
  readonly plan: Plan;
}

/** Where failed cases are stored, one in a file. */
export const failedFolder = join(root, 'test/simulation/failed');

/** Every stored case with the name of its file. Throws a sentence for a file that has something else in it. */
export const failedCases = (
  folder = failedFolder,
): readonly (readonly [file: string, failed: FailedCase])[] =>
  filesIn(folder).map((file) => {
    const read: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    if (isFailedCase(read)) return [file, read];
    throw new Error(
      `Expected { seed, promise, found, plan } in ${join(folder, file)}, but something else is there: store the case again with --keep.`,
    );
  });

/** Stores a case as `<promise>-<n>.json`; answers the path. A plan that is stored already is not stored again. */
export const keepCase = (failed: FailedCase, folder = failedFolder): string => {
  const known = failedCases(folder).find(
    ([, { plan }]) => JSON.stringify(plan) === JSON.stringify(failed.plan),
  );
  if (known !== undefined) return join(folder, known[0]);
  const promise = failed.promise.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const taken = filesIn(folder);
  let n = 1;
  while (taken.includes(`${promise}-${n}.json`)) n += 1;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${promise}-${n}.json`);
  writeFileSync(path, `${JSON.stringify(failed, null, 2)}\n`);
  return path;
};

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];

const isFailedCase = (value: unknown): value is FailedCase =>
  typeof value === 'object' &&
  value !== null &&
  'promise' in value &&
  'found' in value &&
  'plan' in value &&
  isPlan(value.plan);

const isPlan = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'traits' in value &&
  'tools' in value &&
  Array.isArray(value.tools) &&
  'happenings' in value &&
  Array.isArray(value.happenings);
