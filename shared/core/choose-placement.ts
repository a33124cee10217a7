import { type Closure, closureState, opensAt } from './closure.ts';
import { deploymentGate, placementGate, placementsGate } from './gate-names.ts';
import { placementsInTurn } from './next-placement.ts';
import type { Queued } from './task.ts';
import type { Hold } from './task-parts.ts';
import { clockTime } from './times.ts';
import type { Placement, ToolSpec } from './tool.ts';

/** What is closed: a gate's closure by its name. */
export type Closures = ReadonlyMap<string, Closure>;

/** Where a run goes, with the gates that it tries for all others; or what its task waits for. */
export type PlacementChoice =
  | { readonly kind: 'go'; readonly placement: Placement; readonly probes: readonly string[] }
  | { readonly kind: 'wait'; readonly hold: Hold };

const unknown = { since: 0, why: '' };

/**
 * The first placement of the task's list that is open, or may be tried. Where all are closed, the task waits until one of them
 * opens: of its own list, because after a reclaim it never goes to Spot, even where that is open.
 */
export const choosePlacement = (
  task: Pick<Queued, 'runs' | 'reclaims'>,
  spec: ToolSpec,
  { closures, now }: { readonly closures: Closures; readonly now: number },
): PlacementChoice => {
  const stateOf = (by: string) => closureState(closures.get(by), now);
  const deployment = stateOf(deploymentGate);
  if (deployment === 'closed')
    return wait(deploymentGate, deploymentSentence(closures.get(deploymentGate) ?? unknown), now);
  const list = placementsInTurn(task, spec);
  const placement = list.find((one) => stateOf(placementGate(one)) !== 'closed');
  if (placement === undefined) {
    const closed = list.flatMap((one) => {
      const closure = closures.get(placementGate(one));
      return closure ? [{ placement: one, closure }] : [];
    });
    const [first] = closed.toSorted((a, b) => opensAt(a.closure) - opensAt(b.closure));
    const why = first ? placementSentence(first.placement, first.closure) : 'no placement is open';
    return wait(placementsGate(list), why, now);
  }
  const tried = [deploymentGate, placementGate(placement)];
  return { kind: 'go', placement, probes: tried.filter((by) => stateOf(by) === 'probe') };
};

const wait = (by: string, why: string, now: number): PlacementChoice => ({
  kind: 'wait',
  hold: { by, why, since: now },
});

const deploymentSentence = ({ since, why }: Pick<Closure, 'since' | 'why'>): string =>
  `the deployment cannot launch anything since ${clockTime(since)} (${why})`;

const placementSentence = (placement: Placement, { since, why }: Closure): string =>
  `${placement}: no capacity since ${clockTime(since)} (${why})`;
