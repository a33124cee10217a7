import { hasPreviousRelease, previousRelease } from '../kit/previous-release.ts';
import { loadBundle, writeBundle } from './bundle.ts';
import { countedSteps } from './counted-steps.ts';
import type { Release } from './world.ts';

/** The bundles of the releases that a world runs. Each thread loads them for itself. */
export interface ReleasePaths {
  readonly current: string;
  readonly previous: string;
}

/** The releases, as `runPlan` takes them. */
export interface Releases {
  readonly current: Release;
  readonly previous: Release;
  /** Calls this for each fact that the current release's step function is asked about. */
  readonly countSteps: (count: (what: string) => void) => void;
}

/** Bundles the releases: some seconds. */
export const writeReleases = async (): Promise<ReleasePaths> => {
  const current = await writeBundle({ name: 'current', sources: await countedSteps() });
  if (!(await hasPreviousRelease())) {
    process.stderr.write(
      'This clone lacks the commit of the previous release, so worlds have two copies of this one: git fetch --unshallow brings it.\n',
    );
    return { current, previous: current };
  }
  const root = await previousRelease();
  return { current, previous: await writeBundle({ name: 'previous', sources: new Map(), root }) };
};

/** Loads what `writeReleases` has written. */
export const loadReleases = async ({ current, previous }: ReleasePaths): Promise<Releases> => {
  const { openFunctions, countSteps } = await loadBundle(current);
  return {
    current: { name: 'current', openFunctions },
    previous: { name: 'previous', openFunctions: (await loadBundle(previous)).openFunctions },
    countSteps: (count) => {
      if (typeof countSteps === 'function') countSteps(count);
    },
  };
};
