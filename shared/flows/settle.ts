import type { Sighting } from '../core/fact.ts';
import type { Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import type { Metric } from '../ports/metric.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { eachAtMost } from './pace.ts';
import { noteUnreadable } from './with-row.ts';

/** One ECS task state change off the SQS queue; `id` is the SQS message's. */
export interface SettleRecord {
  readonly id: string;
  readonly taskId: string;
  readonly run: number;
  readonly sighting: Sighting;
}

const atOnce = 10;

/** Tells rows what ECS says of their runs. Answers the ids of the records that failed, for SQS to bring again. */
export const settleAll = async (
  records: readonly SettleRecord[],
  ports: CarryOutPorts,
): Promise<readonly string[]> => {
  // Records of one task go one after the other, oldest first: they would only race each other for its row.
  const groups = [...Map.groupBy(records, (record) => record.taskId).values()];
  const outcomes = await eachAtMost(groups, atOnce, (group) => settleTask(ports, group));
  return outcomes.flatMap((outcome, index) => {
    if (outcome.status === 'fulfilled') return [];
    ports.log('error', 'settle.failed', { why: String(outcome.reason) });
    if (outcome.reason instanceof UnreadableRow) noteUnreadable(ports, outcome.reason);
    return (groups[index] ?? []).map((record) => record.id);
  });
};

/** Tells a row that its run was seen, carries out what follows, and counts the end under the name of who told it. */
export const applySighting = async (
  ports: CarryOutPorts,
  task: Task,
  { run, sighting }: Pick<SettleRecord, 'run' | 'sighting'>,
  metric: Metric,
): Promise<void> => {
  const advanced = await advance(ports, task, { kind: 'seen', run, sighting });
  if (advanced.kind !== 'moved') return;
  if (isEnded(advanced.task) && advanced.from && !isEnded(advanced.from)) ports.meter(metric);
  await carryOut(ports, advanced.task);
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
