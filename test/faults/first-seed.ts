import { root } from '../kit/root.ts';
import { bundleOf } from '../simulation/bundle.ts';
import { Violation } from '../simulation/judges/violation.ts';
import { planOf } from '../simulation/plan-of.ts';
import { runPlan } from '../simulation/run-seed.ts';
import { applyPatch } from './patch.ts';

/** The world that shows a planted fault. */
export interface Found {
  readonly seed: number;
  /** How many seeds were tried until then. */
  readonly tries: number;
  /** The promise that was seen broken. */
  readonly promise: string;
}

/** The first of at most `most` seeds whose world shows a planted fault. Starts esbuild. */
export const firstSeedOf = async ({
  name,
  from,
  most,
}: {
  readonly name: string;
  readonly from: number;
  readonly most: number;
}): Promise<Found | undefined> => {
  const current = await bundleOf({ name, sources: applyPatch(root, name) });
  for (let tries = 1; tries <= most; tries += 1) {
    const seed = from + tries - 1;
    const { violation } = await runPlan(planOf(seed), { current, previous: current });
    if (violation !== undefined) return { seed, tries, promise: promiseOf(violation) };
  }
  return undefined;
};

/** A fault may also show as an error that is no judge's. */
const promiseOf = (violation: Error): string =>
  violation instanceof Violation ? violation.promise : violation.name;
