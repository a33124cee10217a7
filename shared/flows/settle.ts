import type { Sighting } from '../core/fact.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { applySighting } from './apply-sighting.ts';
import type { CarryOutPorts } from './carry-out.ts';
import { eachAtMost } from './pace.ts';
import { logUnreadableRow } from './with-row.ts';

/** One ECS task state change from the SQS queue. `id` is that of the SQS message. */
export interface SettleRecord {
  readonly id: string;
  readonly taskId: string;
  readonly run: number;
  readonly sighting: Sighting;
}

const atOnce = 10;

/** Applies what ECS says of runs to their rows. Answers the ids of the records that failed: SQS delivers these again. */
export const settleAll = async (
  records: readonly SettleRecord[],
  ports: CarryOutPorts,
): Promise<readonly string[]> => {
  // The records of one task are applied one after the other, oldest first: at the same time they would race for its row.
  const groups = [...Map.groupBy(records, (record) => record.taskId).values()];
  const outcomes = await eachAtMost(groups, atOnce, (group) => settleTask(ports, group));
  return outcomes.flatMap((outcome, index) => {
    if (outcome.status === 'fulfilled') return [];
    ports.log('error', 'settle.failed', { why: String(outcome.reason) });
    if (outcome.reason instanceof UnreadableRow) logUnreadableRow(ports, outcome.reason);
    return (groups[index] ?? []).map((record) => record.id);
  });
};

const settleTask = async (
  ports: CarryOutPorts,
  records: readonly SettleRecord[],
): Promise<void> => {
  const ordered = records.toSorted((a, b) => a.sighting.ecsVersion - b.sighting.ecsVersion);
  for (const record of ordered) await settleOne(ports, record);
};

const settleOne = async (ports: CarryOutPorts, record: SettleRecord): Promise<void> => {
  const task = await ports.tasks.read(record.taskId);
  if (task === undefined) {
    ports.meter('EventsWithoutRow');
    ports.log('warn', 'event.withoutRow', { taskId: record.taskId, run: record.run });
    return;
  }
  await applySighting(ports, task, record, 'EndedByEvent');
};
