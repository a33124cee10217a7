import { errorMessage } from '../core/error-message.ts';
import type { Task } from '../core/task.ts';
import { actOnDue } from './act-due.ts';
import { withCircuits } from './circuit.ts';
import { compare } from './compare.ts';
import type { ComparePorts } from './compare-ports.ts';
import { flushDueOutboxes, flushOutbox, stopDue } from './flush-outboxes.ts';
import { jobQueueOf } from './job-queue.ts';
import { type LimitPorts, mendLimits } from './mend-limits.ts';
import { type GatePorts, openGates } from './open-gates.ts';
import { ringDueRows } from './ring-due.ts';
import { type Round, visitEach } from './visit-due.ts';

/**
 * After this time a part of the sweep begins no more rows, so that the rows in work end before the signal aborts all calls
 * at fifty seconds: an aborted row is neither finished nor counted. A message to RabbitMQ may take twice ten seconds, and
 * the signal does not end that.
 */
const actsMs = 40_000;
const comparisonMs = 40_000;
const outboxesMs = 28_000;
const ringsMs = 28_000;
const limitsMs = 28_000;

/** The rows whose outboxes are flushed at the same time, in the background of `actOnDue` and `stopDue`. */
const outboxesAtOnce = 20;

/** What a sweep needs. */
export type SweepPorts = ComparePorts & GatePorts & LimitPorts;

/**
 * Visits every row that is due, looks at what rows wait for together, brings limits in line with their rows, and compares the
 * table with the cluster. A row that fails does not affect the others. The parts run at the same time, so that doorbells
 * ring while ECS hangs, and the comparison goes on while RabbitMQ hangs.
 * Stops and the rows' own times are urgent: they wait neither for outboxes nor for the broker.
 */
export const sweep = async (sweepPorts: SweepPorts, signal?: AbortSignal): Promise<void> => {
  const now = sweepPorts.clock.now();
  const within = (ms: number): Round => ({
    now,
    isOver: () => signal?.aborted === true || sweepPorts.clock.now() >= now + ms,
  });
  if (signal?.aborted) return;
  const circuits = withCircuits(sweepPorts);
  const places = sweepPorts.places.over(circuits.broker);
  const ports = { ...sweepPorts, ...circuits, places };
  const outboxes = jobQueueOf(outboxesAtOnce);
  const { isOver } = within(outboxesMs);
  const postpone = ({ taskId }: Task): void =>
    outboxes.add(() =>
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
    openGates(ports, within(ringsMs)),
    compare(ports, within(comparisonMs).isOver),
    mendLimits(ports, within(limitsMs)),
  ]);
  await outboxes.done();
  const faults = parts.flatMap((part) => (part.status === 'rejected' ? [part.reason] : []));
  if (faults.length > 0) throw faultOf(faults, parts.length);
};

const faultOf = (faults: readonly unknown[], parts: number): Error => {
  const each = faults.map((fault) => errorMessage(fault));
  return new Error(`${faults.length} of the ${parts} parts of a sweep failed: ${each.join('; ')}`, {
    cause: faults[0],
  });
};
