import { type Effect, tellsOfLog, waitsForResult } from '../core/effect.ts';
import { outboxDue } from '../core/outbox-due.ts';
import type { Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, logGivenUp, tryOutbox } from './carry-out.ts';
import { lookForResult } from './look-for-result.ts';
import { withLogEnd } from './read-log-end.ts';
import type { SendPorts } from './send-order.ts';
import { type Round, rewrite, visitDue } from './visit-due.ts';

/** The rows whose outboxes one sweep tries to flush: it must end before the next one begins. */
const mostOutboxes = 5_000;

/** Tries again the stops that failed. `ports` postpone the other effects of these rows. */
export const stopDue = (ports: SendPorts, round: Round): Promise<void> =>
  visitDue(ports, { ...round, kind: 'stop', most: mostOutboxes }, flushDue(ports));

/**
 * Carries out the effects that the writer of a row could not, or crashed before. Replies that failed before come last, with a
 * limit of their own: a reply queue that does not answer delays only its own replies.
 */
export const flushDueOutboxes = async (ports: SendPorts, round: Round): Promise<void> => {
  for (const kind of ['effect', 'reply'] as const)
    await visitDue(ports, { ...round, kind, most: mostOutboxes }, flushDue(ports));
};

/** Tries the effects in a row's outbox, after a look into the log where the row waits for it. Those that fail wait longer each time, and a late reply is given up. */
export const flushOutbox = async (ports: CarryOutPorts, found: Task): Promise<void> => {
  const result = await lookForResult(ports, found);
  const end = await withLogEnd(ports, result.task);
  const isHeld = (effect: Effect): boolean =>
    (end.isPutOff && tellsOfLog(effect)) || (result.isPutOff && waitsForResult(effect));
  const { task, failures } = await tryOutbox(ports, end.task, isHeld);
  const left = outboxDue(task);
  if (failures.length === 0 || !left || left.at > ports.clock.now()) return;
  ports.meter('SweepSetbacks');
  ports.log('warn', 'sweep.setback', { taskId: task.taskId, why: left.why });
  const advanced = await advance(ports, task, { kind: 'deferred', what: 'outbox', failures });
  if (advanced.kind === 'moved') logGivenUp(ports, advanced, failures);
};

const flushDue =
  (ports: SendPorts) =>
  (task: Task): Promise<unknown> => {
    const found = outboxDue(task);
    const isDue = found !== undefined && found.at <= ports.clock.now();
    return isDue ? flushOutbox(ports, task) : rewrite(ports, task);
  };
