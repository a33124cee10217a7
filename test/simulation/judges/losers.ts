import type { Asked, ControlRequest } from '../../../shared/core/control.ts';
import { asksOf } from '../../../shared/wire/control-request.ts';
import { fieldsOf, listOf } from '../fields.ts';
import type { FlowName } from '../happening.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { describe, hasEnded, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/**
 * Judges that who loses a race for a row reads the winner and decides again: a cancel that was answered is in the row, as its end or
 * as the reason why its run is being stopped.
 */
export const judgeLosers = (
  worldOf: () => LiveWorld,
): Pick<Watchers, 'written' | 'ended'> & { readonly forget: () => void } => {
  /** When a row was last seen to live again after its end. */
  const revivedAt = new Map<string, number>();
  let restoredAt = Number.NEGATIVE_INFINITY;

  return {
    written: (beforeItem, afterItem) => {
      const before = beforeItem && rowIn(beforeItem);
      const after = rowIn(afterItem);
      if (after !== undefined && before !== undefined && hasEnded(before) && !hasEnded(after))
        revivedAt.set(after.taskId, worldOf().timeline.now());
    },
    ended: (flow, how, { event, startedAt, value }) => {
      if (how !== 'returned') return;
      const world = worldOf();
      for (const taskId of cancelledIn(world, { flow, event, value })) {
        // What was ended when the cancel came may be redriven by now, and a restored table has not seen it.
        const isOld = startedAt <= Math.max(restoredAt, revivedAt.get(taskId) ?? restoredAt);
        if (!isOld) judgeCancel(world, taskId);
      }
    },
    forget: () => {
      restoredAt = worldOf().timeline.now();
    },
  };
};

/** An invocation that has returned. */
interface Returned {
  readonly flow: FlowName;
  readonly event: unknown;
  readonly value: unknown;
}

/** The tasks whose cancel is done when this invocation has returned. In a mixed world the previous release may take a request. */
const cancelledIn = (world: LiveWorld, { flow, event, value }: Returned): readonly string[] => {
  if (flow === 'play') {
    const { taskId, fact } = fieldsOf(event);
    const isPlayed = fieldsOf(fact).kind === 'cancelAsked';
    return isPlayed && typeof taskId === 'string' ? [taskId] : [];
  }
  const isMixed = world.plan.happenings.some(({ kind }) => kind === 'deploy');
  if (flow !== 'control' || isMixed) return [];
  const asked = asksOf(event, 'reply.');
  if ('invoked' in asked) return isCancel(asked.invoked) ? doneIn(value) : [];
  const asks = 'queued' in asked ? asked.queued : [];
  return asks.flatMap((ask) =>
    ask.kind === 'request' && isCancel(ask.request) ? ask.request.taskIds : [],
  );
};

const isCancel = (asked: Asked): asked is ControlRequest & { readonly ask: 'cancel' } =>
  'ask' in asked && asked.ask === 'cancel';

/** The tasks that the answer to an Invoke calls done: it returns also when a row could not be read or written. */
const doneIn = (answer: unknown): readonly string[] =>
  listOf(fieldsOf(answer).tasks)
    .map(fieldsOf)
    .flatMap(({ taskId, how }) => (how === 'done' && typeof taskId === 'string' ? [taskId] : []));

const judgeCancel = ({ cloud }: LiveWorld, taskId: string): void => {
  const item = cloud.itemOf(taskId);
  const row = item && rowIn(item);
  const isKept = row !== undefined && (hasEnded(row) || row.stoppingWhy === 'cancel');
  if (isKept || cloud.isSpoilt(taskId)) return;
  const why = row === undefined ? 'there is no row of it' : `${describe(row)} knows nothing of it`;
  throw new Violation('loser', `a cancel of ${taskId} was answered, and ${why}`);
};
