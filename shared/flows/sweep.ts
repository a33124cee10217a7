import { actOnDue } from './act-due.ts';
import { type ComparePorts, compare } from './compare.ts';
import { ringDueRows } from './ring-due.ts';

/** After this no row is begun, ten seconds before its calls are broken off: what is cut short is neither told nor counted. */
const sweepMs = 40_000;

/**
 * Looks at every row that is due, and at the table and the cluster against each other. One row's failure is that row's;
 * and the parts go on side by side, so that an ECS that hangs keeps no doorbell from being rung, nor a broker a comparison.
 */
export const sweep = async (ports: ComparePorts, signal?: AbortSignal): Promise<void> => {
  const now = ports.clock.now();
  const isOver = () => signal?.aborted === true || ports.clock.now() >= now + sweepMs;
  const round = { now, isOver };
  if (isOver()) return;
  const parts = await Promise.allSettled([
    actOnDue(ports, round),
    ringDueRows(ports, round),
    compare(ports, isOver),
  ]);
  const faults = parts.flatMap((part) => (part.status === 'rejected' ? [part.reason] : []));
  if (faults.length > 0) throw faultOf(faults);
};

const faultOf = (faults: readonly unknown[]): Error => {
  const each = faults.map((fault) => (fault instanceof Error ? fault.message : String(fault)));
  return new Error(`${faults.length} of the 3 parts of a sweep failed: ${each.join('; ')}`, {
    cause: faults[0],
  });
};
