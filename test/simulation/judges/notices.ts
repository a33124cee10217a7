import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { describe, type Row, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/** An event that told why a task waits. */
interface Told {
  readonly id: string;
  readonly cause: string;
  readonly sequence: number;
  readonly at: number;
}

/**
 * Judges that every hold is told, and that none is told again: the cause of a held row was published since a container of the task
 * has run, or the event is in its outbox; and between two events with the same cause a container has run or the task was redriven.
 */
export const judgeNotices = (worldOf: () => LiveWorld) => {
  const told = new Map<string, Map<string, Told>>();
  /** The causes that were published in the current wait of each task. */
  const ofWait = new Map<string, Set<string>>();
  /** When tasks were redriven, or their rows showed that a container had run: of a restored row that may be an old one. */
  const begun = new Map<string, number[]>();

  /** Tasks whose rows could not send for so long that they have dropped events. */
  const dropped = new Set<string>();
  /** When the table was restored: its rows do not know which of their earlier events were published. */
  let restoredAt = Number.NEGATIVE_INFINITY;

  const noteWait = (before: Row | undefined, after: Row): void => {
    const { taskId, queuedAt } = after;
    const isBegun = before !== undefined && (before.queuedAt !== queuedAt || hasRun(before, after));
    if (isBegun) begun.set(taskId, [...(begun.get(taskId) ?? []), Date.parse(after.updatedAt)]);
    if (before === undefined || isBegun) ofWait.set(taskId, new Set());
  };

  // A row that could not send for long has dropped events; of a restored one the judge has forgotten what was published.
  const isTold = ({ taskId, outbox, hasDropped }: Row, cause: string): boolean =>
    hasDropped ||
    (ofWait.get(taskId)?.has(cause) ?? true) ||
    outbox.some((effect) => effect.what === 'waiting' && effect.cause === cause);

  const judgeHold = (row: Row, cause: string): void => {
    if (cause !== row.toldCause)
      throw new Violation(
        'told',
        `${describe(row)} waits because of ${cause}, and its publisher knows ${row.toldCause ?? 'nothing'}`,
      );
    if (!isTold(row, cause))
      throw new Violation(
        'told',
        `${describe(row)} waits because of ${cause}, which was neither published nor is in its outbox`,
      );
  };

  const watchers: Pick<Watchers, 'written' | 'published'> = {
    written: (beforeItem, afterItem) => {
      const after = rowIn(afterItem);
      const before = beforeItem && rowIn(beforeItem);
      if (after === undefined) return;
      noteWait(before, after);
      if (after.hasDropped) dropped.add(after.taskId);
      const cause = causeIn(after, worldOf());
      if (after.phase === 'QUEUED' && cause !== undefined) judgeHold(after, cause);
    },
    published: ({ body, properties }) => {
      if (properties.type !== 'davit.task.waiting') return;
      const { id, sequence, subject, time, data } = JSON.parse(Buffer.from(body).toString());
      if (!id.includes('/event.')) return;
      ofWait.get(subject)?.add(data.cause);
      const at = Date.parse(time);
      if (at < restoredAt + longestMs) return;
      const ofTask = told.get(subject) ?? new Map<string, Told>();
      told.set(subject, ofTask.set(id, { id, sequence, cause: data.cause, at }));
    },
  };

  const atEnd = (): void => {
    for (const [taskId, events] of told)
      if (!dropped.has(taskId)) judgeRepeats(taskId, [...events.values()]);
  };

  const judgeRepeats = (taskId: string, events: readonly Told[]): void => {
    const inOrder = events.toSorted((a, b) => a.sequence - b.sequence);
    for (const [n, event] of inOrder.entries()) {
      const last = inOrder[n - 1];
      if (last?.cause === event.cause && !hasBegunAnew(taskId, last.at, event.at))
        throw new Violation(
          'told',
          `${event.id} tells again that ${taskId} waits because of ${event.cause}, after ${last.id}`,
        );
    }
  };

  const hasBegunAnew = (taskId: string, since: number, until: number): boolean =>
    (begun.get(taskId) ?? []).some((at) => since - longestMs <= at && at <= until + longestMs) ||
    worldOf().cloud.containers.all.some(
      (one) =>
        one.taskId === taskId &&
        one.startedAt <= until + longestMs &&
        since - longestMs <= one.startedAt,
    );

  /** A restored table has forgotten what was told. */
  const forget = (): void => {
    told.clear();
    ofWait.clear();
    restoredAt = worldOf().timeline.now();
  };

  return { watchers, atEnd, forget };
};

/** Whether a write shows that a container of the task runs, or that one has run which no earlier write showed. */
const hasRun = (before: Row, after: Row): boolean =>
  (after.phase === 'RUNNING' && before.phase !== 'RUNNING') ||
  (after.lastRunStarted && after.run > before.run);

/** The previous release tells nothing, and names no cause. */
const causeIn = ({ cause, heldBy = '' }: Row, { plan }: LiveWorld): string | undefined => {
  if (cause !== undefined || plan.happenings.some(({ kind }) => kind === 'deploy')) return cause;
  if (heldBy === 'deployment') return 'deployment';
  return heldBy.startsWith('placement/') ? 'noCapacity' : undefined;
};

/** The clocks of functions differ, and an event may be late. */
const longestMs = 60_000;
