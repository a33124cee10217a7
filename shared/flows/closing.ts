import { type Closure, closedBy, closureState, openedBy, probedBy } from '../core/closure.ts';
import { deploymentGate, placementGate } from '../core/gate-names.ts';
import { runName } from '../core/run-name.ts';
import type { RunRecord } from '../core/run-record.ts';
import type { CurrentTask, Queued } from '../core/task.ts';
import type { Placement } from '../core/tool.ts';
import type { Clock, Gates } from '../ports.ts';

interface ClosingPorts {
  readonly gates: Gates;
  readonly clock: Clock;
}

/** Other writers may close, try and open a gate at the same time. */
const mostTries = 5;

/** Closes what refused a run: its placement for want of capacity, or the deployment. Other ends of runs close nothing. */
export const closeFor = async (
  { gates, clock }: ClosingPorts,
  { verdict, placement, why }: RunRecord,
): Promise<void> => {
  if (verdict !== 'capacity' && verdict !== 'deployment') return;
  const by = verdict === 'capacity' ? placementGate(placement) : deploymentGate;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const next = closedBy(await gates.closure(by, tries > 0), { by, why }, clock.now());
    if (next === undefined || (await gates.saveClosure(by, next))) return;
  }
};

/** The closures of these placements, and of the deployment. */
export const readClosures = async (
  { gates }: ClosingPorts,
  placements: readonly Placement[],
): Promise<ReadonlyMap<string, Closure>> => {
  const names = [deploymentGate, ...placements.map(placementGate)];
  const found = await Promise.all(
    names.map(async (by) => ({ by, closure: await gates.closure(by) })),
  );
  return new Map(found.flatMap(({ by, closure }) => (closure ? [[by, closure]] : [])));
};

/** Claims the right to try closed gates. False when another row was faster for one: then it is decided again. */
export const claimProbes = async (
  { gates, clock }: ClosingPorts,
  { taskId, run }: Queued,
  probes: readonly string[],
): Promise<boolean> => {
  for (const by of probes) {
    const closure = await gates.closure(by);
    const now = clock.now();
    if (closure === undefined || closureState(closure, now) !== 'probe') return false;
    if (!(await gates.saveClosure(by, probedBy(closure, runName(taskId, run), now)))) return false;
  }
  return true;
};

/** Opens the gates that an accepted run has tried, and answers which. */
export const openAfter = async (
  { gates, clock }: ClosingPorts,
  { taskId, run, placement }: CurrentTask,
): Promise<readonly string[]> => {
  const opened: string[] = [];
  for (const by of [deploymentGate, placementGate(placement)]) {
    const closure = await gates.closure(by);
    if (closure?.probe?.by !== runName(taskId, run) || closure.openedAt !== undefined) continue;
    if (await gates.saveClosure(by, openedBy(closure, clock.now()))) opened.push(by);
  }
  return opened;
};
