import { errorMessage } from '../core/error-message.ts';
import { type Limit, marked, type NamedRun, withTerms } from '../core/limit.ts';
import { runAtLimit, runKey } from '../core/limit-key.ts';
import {
  afterLook,
  counted,
  isUncounted,
  isUnused,
  type Look,
  uncounted,
} from '../core/limit-mend.ts';
import { termsOf, toolOfLimit } from '../core/limit-name.ts';
import type { CurrentTask, Queued, Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import type { ToolState } from '../core/tool.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import type { Limits } from '../ports/limits.ts';
import type { InPhase, Tools } from '../ports.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import { isQueueShort } from './lost-doorbells.ts';
import { eachAtMost } from './pace.ts';
import type { SendPorts } from './send-order.ts';
import type { Round } from './visit-due.ts';
import { orUnreadable } from './with-row.ts';

/** What it takes to bring limits in line with the rows. */
export interface LimitPorts extends SendPorts {
  readonly limits: Limits;
  readonly tools: Tools;
}

/** A place that was reserved for so long has a doorbell that was lost, or a launch that ended half way. */
const reservedMs = 60_000;
/** The tasks that one sweep rings for after a limit was removed. */
const mostFreed = 1_000;
const atOnce = 20;

/**
 * Brings every limit in line with its rows: hands out free places, takes back those of runs that are over, counts runs that
 * were launched without a place, and follows `tools.yml`. Without limits, this is one query.
 */
export const mendLimits = async (ports: LimitPorts, round: Round): Promise<void> => {
  const names = await ports.limits.names();
  if (names.length === 0 || round.isOver()) return;
  const current = await currentRuns(ports, round);
  for (const name of names) {
    if (round.isOver()) return;
    try {
      await mendLimit(ports, { name, current });
    } catch (error) {
      ports.meter('SweepSetbacks');
      ports.log('warn', 'sweep.setback', { limit: name, why: errorMessage(error) });
    }
  }
};

interface Mending {
  readonly name: string;
  /** What the index by phase shows of all current runs; undefined when there was no time for all of it. */
  readonly current: readonly InPhase[] | undefined;
}

const mendLimit = async (ports: LimitPorts, { name, current }: Mending): Promise<void> => {
  const limit = await ports.limits.read(name);
  const tool = toolOfLimit(name);
  if (limit === undefined || tool === undefined) return;
  const state = await ports.tools.find(tool);
  const terms = state.kind === 'known' ? termsOf(state.spec) : undefined;
  const isRemoved = state.kind === 'unknown' || (state.kind === 'known' && terms === undefined);
  await bringBack(ports, limit);
  const look = await lookAt(
    ports,
    limit,
    current?.filter((one) => one.tool === tool),
  );
  const now = ports.clock.now();
  const isFull = look.current !== undefined && isUncounted(limit, now);
  const isWaiting = (await ports.limits.waiting(name, { most: 1 })) !== undefined;
  const mended = await ports.places.mend(
    name,
    (found) => {
      const known = terms ? withTerms(found, terms) : found;
      const looked = afterLook(known, look);
      if (isRemoved) return uncounted(looked, now);
      const open = isFull ? counted(looked, now) : looked;
      return isWaiting ? marked(open, now) : open;
    },
    isHandedOut(state),
  );
  if (isRemoved && mended !== undefined) await removeLimit(ports, mended, isWaiting);
};

/** While the whole tool is held back, a place would only be given back. */
const isHandedOut = (state: ToolState): boolean =>
  state.kind === 'known' &&
  state.paused === undefined &&
  state.allPaused === undefined &&
  termsOf(state.spec) !== undefined;

/** Every run that may live, as the index shows it. */
const currentRuns = async (
  { tasks }: LimitPorts,
  { isOver }: Round,
): Promise<readonly InPhase[] | undefined> => {
  const found: InPhase[] = [];
  for (const phase of ['LAUNCHING', 'STARTING', 'RUNNING'] as const) {
    let after: string | undefined;
    do {
      if (isOver()) return undefined;
      const page = await tasks.inPhase(phase, { after, limit: 1_000 });
      found.push(...page.rows);
      after = page.next;
    } while (after !== undefined);
  }
  return found;
};

/** Reads the rows of all runs that have a place by name, and of those that have none. */
const lookAt = async (
  ports: LimitPorts,
  limit: Limit,
  current: readonly InPhase[] | undefined,
): Promise<Look> => {
  const { sha256 } = ports.places;
  const named = await rowsOf(ports, limit.named);
  const over = named.flatMap(({ run, row }) =>
    row === undefined || isEnded(row) || row.run !== run.run ? [run] : [],
  );
  const keys = new Set([...limit.placed, ...limit.named].map(({ key }) => key));
  const unknown = (current ?? []).filter((one) => !keys.has(runKey(one, sha256)));
  const read = unknown.slice(0, mostFound);
  const strangers = (await rowsOf(ports, read)).flatMap(({ run, row }) =>
    row !== undefined && isCurrent(row) && row.run === run.run ? [row] : [],
  );
  return {
    ...(current ? { current: new Set(current.map((one) => runKey(one, sha256))) } : {}),
    found: strangers.map((row) => runAtLimit(row, sha256)),
    over,
    unlisted: unknown.length - read.length,
    at: ports.clock.now(),
  };
};

/** The most rows that are read for one limit: with more runs without a place than this, the others are only counted. */
const mostFound = 500;

const isCurrent = (row: Task): row is CurrentTask => !isEnded(row) && row.phase !== 'QUEUED';

type Named = Pick<Task, 'taskId' | 'run'>;

const rowsOf = async <Run extends Named>(
  { tasks }: LimitPorts,
  runs: readonly Run[],
): Promise<readonly { readonly run: Run; readonly row: Task | undefined }[]> => {
  const read = await eachAtMost(runs, atOnce, async (run) => ({
    run,
    row: await orUnreadable(tasks.read(run.taskId)),
  }));
  return read.flatMap((one) => {
    if (one.status === 'rejected') throw one.reason;
    const { run, row } = one.value;
    // A row that cannot be read may have a run: its place stays.
    return row instanceof UnreadableRow ? [] : [{ run, row }];
  });
};

/** Goes on with places that were reserved, and neither used nor given up: a doorbell was lost, or a function ended half way. */
const bringBack = async (ports: LimitPorts, limit: Limit): Promise<void> => {
  const old = limit.named.filter(
    ({ state, since }) =>
      state === 'leaving' || (state === 'reserved' && since <= ports.clock.now() - reservedMs),
  );
  if (old.length === 0) return;
  const mayRing = await isQueueShort(ports);
  for (const { run, row } of await rowsOf(ports, old)) {
    if (row === undefined || row.run !== run.run || isEnded(row)) continue;
    if (row.phase === 'QUEUED') await bringBackQueued(ports, limit, { run, row, mayRing });
    else await ports.places.confirm(limit.name, row);
  }
};

const bringBackQueued = async (
  ports: LimitPorts,
  limit: Limit,
  {
    run,
    row,
    mayRing,
  }: { readonly run: NamedRun; readonly row: Queued; readonly mayRing: boolean },
): Promise<void> => {
  const isElsewhere = row.hold !== undefined && row.hold.by !== limit.name;
  if (run.state === 'leaving' || isElsewhere) await takeBack(ports, limit, run);
  else if (mayRing) await ports.broker.ring(run.taskId, run.run);
};

/** The row is written between the two changes of the limit: a function that still means to launch the run loses that race. */
const takeBack = async (ports: LimitPorts, { name }: Limit, run: NamedRun): Promise<void> => {
  const row = await ports.tasks.read(run.taskId);
  if (row?.phase !== 'QUEUED' || row.run !== run.run) return;
  await ports.places.giveUp(name, row);
  const now = ports.clock.now();
  const hold = row.hold ?? { by: name, why: 'its place was not used in time', since: now };
  const fact = { kind: 'held', run: row.run, hold: { ...hold, since: now } } as const;
  const advanced = await advance(ports, row, fact);
  if (advanced.kind === 'moved') await ports.places.leave(name, row, 'nobody');
};

/** `tools.yml` has no limit any more: who waits for it is rung, and its item goes when nothing needs it. */
const removeLimit = async (ports: LimitPorts, limit: Limit, isWaiting: boolean): Promise<void> => {
  if (!isWaiting) {
    if (isUnused(limit)) await ports.limits.remove(limit);
    return;
  }
  let rung = 0;
  let after: string | undefined;
  while (rung < mostFreed) {
    const page = await ports.limits.waiting(limit.name, { after, most: mostFreed - rung });
    if (page === undefined) return;
    after = page.tenant;
    rung += page.tasks.length;
    for (const { row } of await rowsOf(
      ports,
      page.tasks.map(({ taskId }) => ({ taskId, run: 0 })),
    ))
      if (row !== undefined) await ringFreed(ports, limit, row);
  }
};

/** Rings by a fact of the row, so that a doorbell that is lost comes again, and one that waits in the queue is not doubled. */
const ringFreed = async (ports: LimitPorts, { name }: Limit, row: Task): Promise<void> => {
  const advanced = await advance(ports, row, { kind: 'gateOpened', by: name });
  if (advanced.kind === 'moved') await carryOut(ports, advanced.task);
};
