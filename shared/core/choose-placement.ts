import { type Closure, closureState, opensAt } from './closure.ts';
import { deploymentGate, placementGate } from './gate-names.ts';
import { placementsInTurn } from './next-placement.ts';
import type { Hold, Queued } from './task.ts';
import { clockTime } from './times.ts';
import type { Placement, ToolSpec } from './tool.ts';

/** What is closed: a gate's closure by its name. */
export type Closures = ReadonlyMap<string, Closure>;

/** Where a run goes, with the gates that it tries for all others; or what its task waits for. */
export type PlacementChoice =
  | { readonly kind: 'go'; readonly placement: Placement; readonly probes: readonly string[] }
  | { readonly kind: 'wait'; readonly hold: Hold };

/**
 * The first placement of the tool's list that is open, or may be tried. Where all are closed, the task waits for the one that
 * is tried first.
 */
export const choosePlacement = (
  task: Pick<Queued, 'runs' | 'reclaims'>,
  spec: ToolSpec,
  { closures, now }: { readonly closures: Closures; readonly now: number },
): PlacementChoice => {
  const stateOf = (by: string) => closureState(closures.get(by), now);
  const deployment = stateOf(deploymentGate);
  if (deployment === 'closed') return wait(deploymentGate, closures.get(deploymentGate), now);
  const list = placementsInTurn(task, spec);
  const placement = list.find((one) => stateOf(placementGate(one)) !== 'closed');
  if (placement === undefined) {
    const openings = list.flatMap((one) => closures.get(placementGate(one)) ?? []);
    const first = Math.min(...openings.map(opensAt));
    const by = list.map(placementGate).find((one) => {
      const closure = closures.get(one);
      return closure !== undefined && opensAt(closure) === first;
    });
    return wait(by ?? deploymentGate, by === undefined ? undefined : closures.get(by), now);
  }
  const tried = [deploymentGate, placementGate(placement)];
  return { kind: 'go', placement, probes: tried.filter((by) => stateOf(by) === 'probe') };
};

const wait = (by: string, closure: Closure | undefined, now: number): PlacementChoice => ({
  kind: 'wait',
  hold: { by, why: closedSentence(by, closure), since: now },
});

const closedSentence = (by: string, closure: Closure | undefined): string => {
  const { since, why } = closure ?? { since: 0, why: '' };
  return by === deploymentGate
    ? `the deployment cannot launch anything since ${clockTime(since)} (${why})`
    : `${by.split('/')[1]}: no capacity since ${clockTime(since)} (${why})`;
};
