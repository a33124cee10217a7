import { type Container, nameOf } from '../container.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { describe, hasEnded, type Row, rowIn } from './item.ts';
import { isOfLostRow } from './lost-rows.ts';
import { Violation } from './violation.ts';
import { judgeWaitedFor } from './waited-for.ts';

const second = 1_000;
const minute = 60 * second;
/** The longest timeout of a plan, or the longest time between two doorbells, and the clocks of functions differ. */
const furthestMs = 61 * minute;
/** A row is visited within two sweeps of its time. */
const overdueMs = 5 * minute;
/** The sweep looks at every gate each minute, `release` at every tool each five, and an index may lag. */
const rungMs = 12 * minute;
/** Two sweeps, the longest stopTimeout, and ECS's own time. */
const stopMs = 12 * minute;
/** What was due while a row could not be read is done soon after its repair. */
const repairedMs = 12 * minute;

/** Judges that every row that has not ended is due at a stated time for a stated reason (invariant 5). */
export const judgeDue = (worldOf: () => LiveWorld): Pick<Watchers, 'written'> => ({
  written: (beforeItem, afterItem) => {
    const after = rowIn(afterItem);
    if (after === undefined) return;
    const { timeline, plan } = worldOf();
    judgeTimes(after, timeline.now());
    judgeOutbox(after);
    judgeWaitedFor(worldOf(), after);
    const before = beforeItem && rowIn(beforeItem);
    const isEarly =
      before?.phase === 'QUEUED' &&
      after.phase === 'LAUNCHING' &&
      Date.parse(before.notBefore ?? '') > timeline.now() + 2 * plan.traits.skewMs;
    if (isEarly)
      throw new Violation(
        'delay',
        `${describe(after)} is launched before ${before.notBefore}, the end of its delay`,
      );
  },
});

const judgeTimes = (row: Row, now: number): void => {
  const isOpen = !hasEnded(row);
  if (isOpen && !(row.dueAt && row.dueIn && row.waitingFor))
    throw new Violation(
      'due',
      `${describe(row)} has not ended, and has no time or no reason at which it is due`,
    );
  if (isOpen && !row.isGated && Date.parse(row.dueAt ?? '') > now + furthestMs)
    throw new Violation('due', `${describe(row)} is not visited again before ${row.dueAt}`);
  if (row.expiresAt !== undefined && (isOpen || row.outbox.length > 0))
    throw new Violation('due', `${describe(row)} expires before it is done`);
};

const judgeOutbox = (row: Row): void => {
  if (row.outbox.length > 0 && !(row.outboxAt && row.outboxIn && row.waitingFor))
    throw new Violation(
      'due',
      `${describe(row)} has effects in its outbox, and is not due for them`,
    );
};

interface LongWaits {
  readonly has: (row: Row, calmMs: number) => boolean;
}

interface Patience {
  readonly calmMs: number;
  readonly longWaits: LongWaits;
}

/** Judges what only time shows, in a world that has been calm for a while: nothing waits for long after its time. */
export const judgePatience = (world: LiveWorld, longWaits: LongWaits): void => {
  const calmMs = world.timeline.now() - world.plan.calmAt;
  judgeGhosts(world);
  if (calmMs < 10 * minute) return;
  for (const item of world.cloud.items()) {
    const row = rowIn(item);
    if (row === undefined || world.cloud.isSpoilt(row.taskId, repairedMs)) continue;
    judgeRow(world, row, { calmMs, longWaits });
  }
  for (const container of world.cloud.containers.living())
    if (calmMs > stopMs) judgeLife(world, container);
};

/** Long enough for several sweeps that compare, each with all its parts. */
const ghostMs = 10 * minute;

/** A container that no row is about is stopped soon, where ECS and the table answer (invariant 2). */
const judgeGhosts = (world: LiveWorld): void => {
  const now = world.timeline.now();
  if (world.plan.traits.sweepsSkipped > 0 || hadTrouble(world, now - ghostMs - 5 * minute)) return;
  for (const container of world.cloud.containers.living()) {
    const row = rowAt(world, container.taskId);
    if (row === undefined || !isGhost(world, container, row)) {
      ghosts.delete(container);
      continue;
    }
    const since = ghosts.get(container) ?? now;
    ghosts.set(container, since);
    if (now - since > ghostMs)
      throw new Violation(
        'ghost',
        `container ${nameOf(container)} lives, and ${describe(row)} is about a later run`,
      );
  }
};

const isGhost = ({ cloud }: LiveWorld, container: Container, row: Row): boolean =>
  row.run > container.run && !container.isTerminated && !cloud.isSpoilt(row.taskId, repairedMs);

/** When each ghost was seen first. */
const ghosts = new WeakMap<Container, number>();

const hadTrouble = ({ plan, timeline }: LiveWorld, since: number): boolean =>
  plan.happenings.some(
    (one) =>
      one.kind === 'trouble' &&
      (one.service === 'ecs' || one.service === 'dynamodb') &&
      one.at <= timeline.now() &&
      one.until >= since,
  );

/** A container lives no longer than its tool allows, and not for long when its row is about something else. */
const judgeLife = (world: LiveWorld, container: Container): void => {
  const spec = world.plan.tools.find(({ name }) => name === container.tool)?.spec;
  const row = rowAt(world, container.taskId);
  if (row === undefined || spec === undefined || world.cloud.isSpoilt(row.taskId, repairedMs))
    return;
  if (isOfLostRow(world, container, row)) return;
  const livedMs = world.timeline.now() - container.startedAt;
  if (livedMs > spec.timeoutMs + stopMs)
    throw new Violation(
      'timeout',
      `container ${nameOf(container)} has lived for ${livedMs / minute} min, and ${spec.timeoutMs / minute} are allowed`,
    );
  const isCurrent = row.run === container.run && !hasEnded(row);
  if (!isCurrent && livedMs > stopMs)
    throw new Violation(
      'ghost',
      `container ${nameOf(container)} lives, and ${describe(row)} is not about it`,
    );
};

const rowAt = ({ cloud }: LiveWorld, taskId: string): Row | undefined => {
  const item = cloud.itemOf(taskId);
  return item && rowIn(item);
};

const judgeRow = (world: LiveWorld, row: Row, { calmMs, longWaits }: Patience): void => {
  const now = world.timeline.now();
  const late = [row.dueAt, row.outboxAt].find((at) => Date.parse(at ?? '') < now - overdueMs);
  if (late !== undefined)
    throw new Violation('overdue', `${describe(row)} was due at ${late}, and was not visited`);
  if (longWaits.has(row, calmMs))
    throw new Violation('waits', `${describe(row)} is still not launched: ${row.waitingFor}`);
  if (row.isGated && isOfTool(row) && Date.parse(row.updatedAt) < now - rungMs && calmMs > rungMs)
    throw new Violation(
      'gate',
      `${describe(row)} waits for ${row.heldBy}, which is open: ${row.waitingFor}`,
    );
  if (row.phase === 'QUEUED' && Date.parse(row.startBy) < now - overdueMs)
    throw new Violation('waits', `${describe(row)} had to start by ${row.startBy}`);
  const spec = world.plan.tools.find(({ name }) => name === row.tool)?.spec;
  const startedBy =
    Date.parse(row.acceptedAt ?? '') + (spec?.startTimeoutMs ?? 15 * minute) + stopMs;
  if (row.phase === 'STARTING' && startedBy < now && calmMs > stopMs)
    throw new Violation(
      'timeout',
      `${describe(row)} was accepted at ${row.acceptedAt}, and has not started`,
    );
};

/** In a calm world every tool can be looked up, is live, and is not paused. */
const isOfTool = ({ heldBy = '' }: Row): boolean => /^(reach|tool|live)\//.test(heldBy);

/** When a world has come to rest, every row has ended and nothing of it is left to do. */
export const judgeRowsAtEnd = (world: LiveWorld): void => {
  for (const item of world.cloud.items()) {
    const row = rowIn(item);
    if (row === undefined) continue;
    if (!hasEnded(row))
      throw new Violation('end', `${describe(row)} has not ended; it says: ${row.waitingFor}`);
    if (row.outbox.length > 0)
      throw new Violation(
        'end',
        `${describe(row)} still has ${row.outbox.map(({ id }) => id).join(', ')} in its outbox`,
      );
  }
};

/** Whether nothing is left to do for any row. */
export const areRowsDone = (items: readonly Item[]): boolean =>
  items.every((item) => {
    const row = rowIn(item);
    return row === undefined || (hasEnded(row) && row.outbox.length === 0);
  });
