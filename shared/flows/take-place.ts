import { errorMessage } from '../core/error-message.ts';
import type { Fact, FactOf } from '../core/fact.ts';
import { liveGate, reachGate, subjectOf, toolGate } from '../core/gate-names.ts';
import { limitOf, limitOfHold, termsOf } from '../core/limit-name.ts';
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
  const found = await tools.find(tool);
  return found.kind === 'known' && termsOf(found.spec) !== undefined;
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
  const terms = tool.kind === 'known' ? termsOf(tool.spec) : undefined;
  const place = limitOf(task.tool);
  if (fact.kind === 'held' && waitsForLimit(task))
    return { ...fact, ...present({ givenUpAt: await places.giveUp(place, task) }) };
  if (fact.kind !== 'launchDecided' || terms === undefined) return fact;
  const taken = await places.ask(place, task, terms);
  if (taken.kind === 'granted') return { ...fact, place, placedAt: task.revision };
  const { run, startWithinMs } = fact;
  const hold = { by: place, why: taken.why, since: clock.now() };
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
  const mayHavePlace = waitsForLimit(task) || placeIn(fact) !== undefined;
  if (!mayHavePlace && !isHeldByLimit(fact)) return;
  const place = limitOf(task.tool);
  if (row === undefined || isEnded(row) || row.run !== task.run)
    return ports.places.free(place, task);
  if (row.phase !== 'QUEUED')
    return advanced.kind === 'moved' ? undefined : ports.places.confirm(place, row);
  // A place that was given up is left only when the row was written since: otherwise the sweep takes it back.
  if (fact.kind === 'held' && advanced.kind === 'moved') await leavePlace(ports, task, fact);
};

/** The run was launched with its place. A failure is only logged: the sweep confirms the place. */
export const confirmPlace = async (
  { places, log }: Pick<PlacePorts, 'places'> & { readonly log: Log },
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
  const place = limitOf(task.tool);
  const isHere = hold.by === place;
  // What holds the whole tool back would hold the next task back as well.
  const to = !isHere && isToolWide(hold.by, task.tool) ? 'nobody' : 'next';
  await Promise.all([
    at === undefined ? undefined : places.leave(place, task, { at, to }),
    // A place that became free after the question would stay free until the next sweep.
    isHere ? places.offer(place, task) : undefined,
  ]);
};

/** Tasks of one tool have the same placements, apart from those that keep an older version. */
const isToolWide = (by: string, tool: string): boolean =>
  [toolGate(tool), liveGate(tool), reachGate(tool)].includes(by) ||
  subjectOf(by)?.kind === 'closure';

const placeIn = (fact: Fact): string | undefined =>
  fact.kind === 'launchDecided' ? fact.place : undefined;

const isHeldByLimit = (fact: Fact): boolean =>
  fact.kind === 'held' && limitOfHold(fact.hold.by) !== undefined;

const waitsForLimit = ({ hold }: Queued): boolean =>
  hold !== undefined && limitOfHold(hold.by) !== undefined;
