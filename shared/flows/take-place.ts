import { errorMessage } from '../core/error-message.ts';
import type { Fact, FactOf } from '../core/fact.ts';
import { deploymentGate, liveGate, reachGate, subjectOf, toolGate } from '../core/gate-names.ts';
import { holdAt, limitOfHold } from '../core/limit-name.ts';
import { limitOfTask } from '../core/limit-of-task.ts';
import { present } from '../core/present.ts';
import type { Launching, Queued } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import type { ToolState } from '../core/tool.ts';
import type { Clock, Log, Tools } from '../ports.ts';
import type { Advance } from './advance.ts';
import type { Places } from './places.ts';

interface PlacePorts {
  readonly places: Places;
  readonly clock: Clock;
}

/** Whether the runs of a row's tool are limited. */
export const isLimited = async (
  { tools }: { readonly tools: Tools },
  { tool }: Queued,
): Promise<boolean> => {
  return limitOfTask(tool, await tools.find(tool)) !== undefined;
};

/**
 * A launch of a tool with limits needs a place: the fact with the place, or with the hold of a task that gets none. A task
 * that waits for something else now gives up the place that is reserved for it. A tool without limits asks nothing.
 */
export const withPlace = async (
  { places, clock }: PlacePorts,
  task: Queued,
  { fact, tool }: { readonly fact: Fact; readonly tool: ToolState },
): Promise<Fact> => {
  const waits = limitAt(task.hold);
  if (fact.kind === 'held' && waits !== undefined)
    return { ...fact, ...present({ givenUpAt: await places.giveUp(waits, task) }) };
  const limit = limitOfTask(task.tool, tool);
  if (fact.kind !== 'launchDecided' || limit === undefined) return fact;
  const { name: place, terms } = limit;
  const taken = await places.ask(place, task, terms);
  if (taken.kind === 'granted') return { ...fact, place, placedAt: task.revision };
  const { run, startWithinMs } = fact;
  const hold = { by: holdAt(place, task.tool), why: taken.why, since: clock.now() };
  return { kind: 'held', run, hold, ...present({ startWithinMs, givenUpAt: taken.givenUpAt }) };
};

/** What was decided about a row, and what became of it. */
interface Decided {
  /** The row when it was decided. */
  readonly task: Queued;
  readonly fact: Fact;
  readonly advanced: Advance;
}

/**
 * Brings the places in line with the row, once the row is written. What a crash leaves out here the sweep does. A row that has
 * become LAUNCHING is launched first, and then `confirmPlace` is for it.
 */
export const settlePlace = async (ports: PlacePorts, decided: Decided): Promise<void> => {
  const { task, fact, advanced } = decided;
  const row = advanced.kind === 'invalid' ? undefined : advanced.task;
  const limits = [...new Set([limitIn(fact), limitAt(task.hold)])].filter(
    (one) => one !== undefined,
  );
  if (limits.length === 0) return;
  if (row === undefined || isEnded(row) || row.run !== task.run) {
    await Promise.all(limits.map((limit) => ports.places.free(limit, task)));
    return;
  }
  if (row.phase !== 'QUEUED') {
    if (advanced.kind === 'moved') return;
    await Promise.all(limits.map((limit) => ports.places.confirm(limit, row)));
    return;
  }
  // A place that was given up is left only when the row was written since: otherwise the sweep takes it back.
  if (fact.kind === 'held' && advanced.kind === 'moved') await leavePlace(ports, task, fact);
};

/** What it takes to confirm a place. */
export interface ConfirmPorts {
  readonly places: Places;
  readonly log: Log;
}

/** The run was launched with its place. A failure is only logged: the sweep confirms the place. */
export const confirmPlace = async (
  { places, log }: ConfirmPorts,
  row: Launching,
): Promise<void> => {
  if (row.place === undefined) return;
  const { taskId } = row;
  await places
    .confirm(row.place, row)
    .catch((error) => log('warn', 'limit.notConfirmed', { taskId, why: errorMessage(error) }));
};

/** The row is held: a place that was reserved for it goes to the next one. */
const leavePlace = async (
  { places }: PlacePorts,
  task: Queued,
  { hold, givenUpAt: at }: FactOf<'held'>,
): Promise<void> => {
  const waitsAt = limitAt(hold);
  const place = waitsAt ?? limitAt(task.hold);
  if (place === undefined) return;
  // What holds the whole tool back would hold its next task back as well.
  const to = waitsAt === undefined && isToolWide(hold.by, task) ? 'others' : 'next';
  await Promise.all([
    at === undefined ? undefined : places.leave(place, task, { at, to }),
    // A place that became free after the question would stay free until the next sweep.
    waitsAt === undefined ? undefined : places.offer(place, task),
  ]);
};

/**
 * Tasks of one tool have the same placements, apart from those that keep an older version. One that was reclaimed from Spot may have
 * fewer of them: then the next task may go where this one must not.
 */
const isToolWide = (by: string, { tool, reclaims }: Queued): boolean =>
  [deploymentGate, toolGate(tool), liveGate(tool), reachGate(tool)].includes(by) ||
  (reclaims === 0 && subjectOf(by)?.kind === 'closure');

/** The limit that was asked for a place. */
const limitIn = (fact: Fact): string | undefined => {
  if (fact.kind === 'launchDecided') return fact.place;
  return fact.kind === 'held' ? limitAt(fact.hold) : undefined;
};

/** The limit that a task waits for, which may have a reserved place for it. */
const limitAt = (hold: Queued['hold']): string | undefined => hold && limitOfHold(hold.by)?.name;
