import type { Delivery, Original } from '../../../shared/core/request.ts';
import { deliveriesOf } from '../../../shared/wire/rabbit-event.ts';
import { fieldsOf } from '../fields.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { describe, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/** Judges that an order is sent verbatim, and that only a doorbell or message for that very run launches it. */
export const judgeOrders = (worldOf: () => LiveWorld) => {
  const orders = new Map<string, string>();
  /** What each environment of dispatch was invoked with: `task-1/2`. */
  const asked = new Map<string, Set<string>>();
  let isRestored = false;

  const watchers: Pick<Watchers, 'launched' | 'invoked' | 'written'> = {
    launched: (input) => {
      const { clientToken, startedBy } = fieldsOf(input);
      judgeIntent(worldOf(), String(startedBy), isRestored);
      const token = String(clientToken);
      const bytes = JSON.stringify(input);
      const known = orders.get(token);
      if (known !== undefined && known !== bytes && !isRestored)
        throw new Violation(
          'verbatim',
          `RunTask was called with other bytes under one token: ${known} and ${bytes}`,
        );
      orders.set(token, bytes);
    },
    invoked: (flow, { environment, event }) => {
      if (flow !== 'dispatch') return;
      const runs = asked.get(environment) ?? new Set<string>();
      asked.set(environment, runs);
      for (const delivery of deliveriesOf(event, 'reply.'))
        for (const run of runsAskedBy(delivery)) runs.add(run);
    },
    written: (beforeItem, afterItem, by) => {
      const after = rowIn(afterItem);
      const before = beforeItem && rowIn(beforeItem);
      const isLaunch = after?.phase === 'LAUNCHING' && before?.phase === 'QUEUED';
      if (!isLaunch || !by.startsWith('dispatch')) return;
      if (!asked.get(by)?.has(`${after.taskId}/${after.run}`))
        throw new Violation(
          'doorbell',
          `${describe(after)} was launched by ${by}, which no message asked for that run`,
        );
    },
  };

  return {
    watchers,
    /** After the table was restored, an order may be made again. */
    forget: (): void => {
      isRestored = true;
    },
    /** The newest pin of each tool is live at the end. */
    atEnd: (): void => {
      const { cloud, plan, timeline } = worldOf();
      const pinned = lastPinOf(timeline.now() - plan.calmAt);
      for (const { name } of pinned === undefined ? [] : plan.tools) {
        const live = cloud.liveOf(name) ?? '';
        if (!live.includes(`"${pinned}"`))
          throw new Violation(
            'live',
            `${name} is pinned to ${pinned}, and its live record is ${live.slice(0, 200)}`,
          );
      }
    },
  };
};

/** The intent is saved before RunTask is called. */
const judgeIntent = ({ cloud }: LiveWorld, startedBy: string, isRestored: boolean): void => {
  const [taskId = '', run] = startedBy.split('/');
  const item = cloud.itemOf(taskId);
  const row = item && rowIn(item);
  const isAhead =
    row !== undefined &&
    (row.run < Number(run) || (row.run === Number(run) && row.phase === 'QUEUED'));
  if ((row === undefined || isAhead) && !isRestored)
    throw new Violation(
      'row first',
      `RunTask was called for ${startedBy}, and ${row === undefined ? 'there is no row' : `the row is ${describe(row)}`}`,
    );
};

const minute = 60_000;

/** What operators pin after a world has calmed down (play-plan.ts), if release has had the time to follow. */
const lastPinOf = (calmMs: number): string | undefined =>
  calmMs > 8 * minute ? '9.9.9' : undefined;

/** The runs that a message asks dispatch to launch, as `task/run`. */
const runsAskedBy = (delivery: Delivery): readonly string[] => {
  switch (delivery.kind) {
    case 'doorbell':
      return [`${delivery.taskId}/${delivery.run}`];
    case 'task':
      return [`${delivery.submission.taskId}/1`];
    case 'returned':
      // A dead letter that is put back asks for the next run; one whose row was deleted is a new task.
      return delivery.delivery.kind === 'task'
        ? [1, delivery.run + 1].map((run) => `${idOf(delivery.delivery)}/${run}`)
        : [];
    case 'unusable':
      return [];
  }
};

const idOf = (original: Original): string =>
  original.kind === 'task' ? original.submission.taskId : original.rejection.taskId;
