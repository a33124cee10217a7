import { outboxDue } from '../core/due.ts';
import type { Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, noteGivenUp, tryOutbox } from './carry-out.ts';
import type { SendPorts } from './send-order.ts';
import { type Round, rewrite, visitDue } from './visit-due.ts';

/** Rows whose outbox one sweep tries to empty: it must end before the next. */
const mostOutboxes = 5_000;

/** Calls for stops that did not get through: apart from all else that outboxes hold, which `ports` postpone. */
export const stopDue = (ports: SendPorts, round: Round): Promise<void> =>
  visitDue(ports, { ...round, kind: 'stop', most: mostOutboxes }, flushDue(ports));

/**
 * Carries out what whoever moved a row could not, or did not live to. Replies that were tried before come last, and as many
 * again: a queue that takes none delays no more than what it was to hear itself.
 */
export const flushDueOutboxes = async (ports: SendPorts, round: Round): Promise<void> => {
  for (const kind of ['effect', 'reply'] as const)
    await visitDue(ports, { ...round, kind, most: mostOutboxes }, flushDue(ports));
};

/** Tries what a row's outbox holds; what is left waits a growing while, and a late reply is given up. */
export const flushOutbox = async (ports: CarryOutPorts, found: Task): Promise<void> => {
  const { task, failures } = await tryOutbox(ports, found);
  const left = outboxDue(task);
  if (failures.length === 0 || !left || left.at > ports.clock.now()) return;
  ports.meter('SweepSetbacks');
  ports.log('warn', 'sweep.setback', { taskId: task.taskId, why: left.why });
  const advanced = await advance(ports, task, { kind: 'deferred', what: 'outbox', failures });
  if (advanced.kind === 'moved') noteGivenUp(ports, advanced.from, advanced.task);
};

const flushDue =
  (ports: SendPorts) =>
  (task: Task): Promise<unknown> => {
    const found = outboxDue(task);
    const isDue = found !== undefined && found.at <= ports.clock.now();
    return isDue ? flushOutbox(ports, task) : rewrite(ports, task);
  };
