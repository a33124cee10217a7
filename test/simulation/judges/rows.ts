import type { LiveWorld } from '../play-plan.ts';
import type { Item, Watchers } from '../watchers.ts';
import { describe, hasEnded, type Row, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/**
 * Judges each write of a row by itself: numbers only rise, what has ended stays ended, and every row that has not ended is due at a
 * stated time for a stated reason (invariant 5).
 */
export const judgeRows = (worldOf: () => LiveWorld): Pick<Watchers, 'written'> => ({
  written: (beforeItem, afterItem) => {
    const after = rowIn(afterItem);
    if (after === undefined) return;
    const before = beforeItem && rowIn(beforeItem);
    judgeDue(after, worldOf().timeline.now());
    if (before !== undefined) judgeMove(before, after);
  },
});

const minute = 60_000;
/** The longest timeout of a plan, or the longest time between two doorbells, and the clocks of functions differ. */
const furthestMs = 61 * minute;
/** A row is visited within two sweeps of its time. */
const longestOverdueMs = 5 * minute;

/** In a world that is calm, no row waits for long after its time. */
export const judgeOverdue = (world: LiveWorld): void => {
  const now = world.timeline.now();
  if (now < world.plan.calmAt + 10 * minute) return;
  for (const item of world.cloud.items()) {
    const row = rowIn(item);
    const since = row && [row.dueAt, row.outboxAt].map((at) => Date.parse(at ?? ''));
    if (row && since?.some((at) => at < now - longestOverdueMs))
      throw new Violation(
        'overdue',
        `${describe(row)} was due at ${row.dueAt}, its outbox at ${row.outboxAt}, and no one has visited it`,
      );
  }
};

const judgeDue = (row: Row, now: number): void => {
  const isOpen = !hasEnded(row);
  if (isOpen && !(row.dueAt && row.dueIn && row.waitingFor))
    throw new Violation(
      'due',
      `${describe(row)} has not ended, and has no time or no reason at which it is due`,
    );
  if (isOpen && Date.parse(row.dueAt ?? '') > now + furthestMs)
    throw new Violation('due', `${describe(row)} is not visited again before ${row.dueAt}`);
  if (row.outbox.length > 0 && !(row.outboxAt && row.outboxIn && row.waitingFor))
    throw new Violation(
      'due',
      `${describe(row)} has effects in its outbox, and is not due for them`,
    );
  if (row.expiresAt !== undefined && (isOpen || row.outbox.length > 0))
    throw new Violation('due', `${describe(row)} expires before it is done`);
};

const judgeMove = (before: Row, after: Row): void => {
  const both = `${describe(before)} became ${describe(after)}`;
  // Only times and sentences that follow from the row may be written without a new revision.
  if (after.revision === before.revision && isSame(before, after)) return;
  if (after.revision !== before.revision + 1)
    throw new Violation(
      'revision',
      `${both}: revision ${before.revision} became ${after.revision}`,
    );
  if (after.run < before.run) throw new Violation('run number', `${both}: a run number fell`);
  const isNewLife = after.queuedAt !== before.queuedAt;
  if (after.attempts < before.attempts && !isNewLife)
    throw new Violation(
      'attempts',
      `${both}: attempts fell from ${before.attempts} to ${after.attempts}`,
    );
  const isTakeover = before.isTombstone && before.digest === '';
  if (hasEnded(before) && after.phase !== before.phase && !isTakeover && !isRedrive(before, after))
    throw new Violation('ended', `${both}: it had ended`);
  if (isRedrive(before, after) && after.run !== before.run + 1 && hasEnded(before))
    throw new Violation('run number', `${both}: a redrive must be the next run`);
};

const isSame = (before: Row, after: Row): boolean =>
  before.phase === after.phase &&
  before.run === after.run &&
  before.attempts === after.attempts &&
  before.ecsTaskArn === after.ecsTaskArn &&
  before.outbox.map(({ id }) => id).join() === after.outbox.map(({ id }) => id).join();

const isRedrive = (before: Row, after: Row): boolean =>
  (before.phase === 'FAILED' || before.phase === 'REJECTED') &&
  after.phase === 'QUEUED' &&
  after.queuedAt !== before.queuedAt;

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
