import { errorMessage } from '../core/error-message.ts';
import type { Task } from '../core/task.ts';
import { actOnDue } from './act-due.ts';
import { aside } from './aside.ts';
import { withCircuits } from './circuit.ts';
import { type ComparePorts, compare } from './compare.ts';
import { flushDueOutboxes, flushOutbox, stopDue } from './flush-outboxes.ts';
import { ringDueRows } from './ring-due.ts';
import { type Round, visitEach } from './visit-due.ts';

/**
 * After this a part begins no row, so that what is under way ends before the sweep's calls are broken off at fifty
 * seconds: what is cut short is neither told nor counted. RabbitMQ is given twice ten seconds to confirm, and no signal
 * ends that.
 */
const actsMs = 40_000;
const comparisonMs = 40_000;
const outboxesMs = 28_000;
const ringsMs = 28_000;

/** Rows whose events are sent while others are judged; as many more are under way in the other parts each. */
const toldAtOnce = 20;

/**
 * Looks at every row that is due, and at the table and the cluster against each other. One row's failure is that row's;
 * the parts go on side by side, so that an ECS that hangs keeps no doorbell from being rung, nor a broker a comparison;
 * and what is urgent, stops and the rows' own times, waits neither for outboxes nor for a broker.
 */
export const sweep = async (sweepPorts: ComparePorts, signal?: AbortSignal): Promise<void> => {
  const now = sweepPorts.clock.now();
  const within = (ms: number): Round => ({
    now,
    isOver: () => signal?.aborted === true || sweepPorts.clock.now() >= now + ms,
  });
  if (signal?.aborted) return;
  const ports = { ...sweepPorts, ...withCircuits(sweepPorts) };
  const told = aside(toldAtOnce);
  const { isOver } = within(outboxesMs);
  const postpone = ({ taskId }: Task): void =>
    told.add(() =>
      visitEach(ports, { ids: [taskId], isOver, kind: 'effect' }, (task) =>
        flushOutbox(ports, task),
      ),
    );
  const urgent = { ...ports, postpone };
  const parts = await Promise.allSettled([
    stopDue(urgent, within(actsMs)),
    actOnDue(urgent, within(actsMs)),
    flushDueOutboxes(ports, within(outboxesMs)),
    ringDueRows(ports, within(ringsMs)),
    compare(ports, within(comparisonMs).isOver),
  ]);
  await told.done();
  const faults = parts.flatMap((part) => (part.status === 'rejected' ? [part.reason] : []));
  if (faults.length > 0) throw faultOf(faults, parts.length);
};

const faultOf = (faults: readonly unknown[], parts: number): Error => {
  const each = faults.map((fault) => errorMessage(fault));
  return new Error(`${faults.length} of the ${parts} parts of a sweep failed: ${each.join('; ')}`, {
    cause: faults[0],
  });
};
