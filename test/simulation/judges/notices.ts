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
 * Judges that every hold is told, and that none is told again: a held row has told its cause or has the event in its outbox (the
 * judge of effects sees to it), and between two events with the same cause a container of the task has run or it was redriven.
 */
export const judgeNotices = (worldOf: () => LiveWorld) => {
  const told = new Map<string, Map<string, Told>>();
  /** When tasks were queued anew. */
  const redriven = new Map<string, number[]>();

  const watchers: Pick<Watchers, 'written' | 'published'> = {
    written: (beforeItem, afterItem) => {
      const after = rowIn(afterItem);
      const before = beforeItem && rowIn(beforeItem);
      if (after === undefined) return;
      if (before !== undefined && before.queuedAt !== after.queuedAt)
        redriven.set(after.taskId, [
          ...(redriven.get(after.taskId) ?? []),
          Date.parse(after.queuedAt),
        ]);
      const cause = causeIn(after, worldOf());
      if (after.phase === 'QUEUED' && cause !== undefined && cause !== after.toldCause)
        throw new Violation(
          'told',
          `${describe(after)} waits because of ${cause}, and its publisher knows ${after.toldCause ?? 'nothing'}`,
        );
    },
    published: ({ body, properties }) => {
      if (properties.type !== 'davit.task.waiting') return;
      const { id, sequence, subject, time, data } = JSON.parse(Buffer.from(body).toString());
      if (!id.includes('/event.')) return;
      const ofTask = told.get(subject) ?? new Map<string, Told>();
      told.set(subject, ofTask.set(id, { id, sequence, cause: data.cause, at: Date.parse(time) }));
    },
  };

  const atEnd = (): void => {
    for (const [taskId, events] of told) {
      const inOrder = [...events.values()].sort((a, b) => a.sequence - b.sequence);
      for (const [n, event] of inOrder.entries()) {
        const last = inOrder[n - 1];
        if (last?.cause === event.cause && !hasBegunAnew(taskId, last.at, event.at))
          throw new Violation(
            'told',
            `${event.id} tells again that ${taskId} waits because of ${event.cause}, after ${last.id}`,
          );
      }
    }
  };

  const hasBegunAnew = (taskId: string, since: number, until: number): boolean =>
    (redriven.get(taskId) ?? []).some((at) => since <= at && at <= until) ||
    worldOf().cloud.containers.all.some(
      (one) =>
        one.taskId === taskId &&
        one.startedAt <= until + longestMs &&
        since - longestMs <= one.startedAt,
    );

  /** A restored table has forgotten what was told. */
  const forget = (): void => told.clear();

  return { watchers, atEnd, forget };
};

/** The previous release tells nothing, and names no cause. */
const causeIn = ({ cause, heldBy = '' }: Row, { plan }: LiveWorld): string | undefined => {
  if (cause !== undefined || plan.happenings.some(({ kind }) => kind === 'deploy')) return cause;
  if (heldBy === 'deployment') return 'deployment';
  return heldBy.startsWith('placement/') ? 'noCapacity' : undefined;
};

/** The clocks of functions differ, and an event may be late. */
const longestMs = 60_000;
