import { type RefusedLine, resultIn } from '../core/run-lines.ts';
import { type OwnedRun, standingOf } from '../core/spoken-notice.ts';
import { isEnded, type Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import { type PublishPorts, publishSaid } from './publish-said.ts';
import { resultFactOf } from './result-fact.ts';
import { type Delivered, type OwnerPorts, runOfLines } from './run-of-lines.ts';
import { withRowToWaitFor, withRowToWrite } from './with-row.ts';

/** What it takes to relay lines. */
export type RelayPorts = PublishPorts & OwnerPorts;

/**
 * Publishes what a run said in its log, and gives its result to the row. Whose lines they are says ECS, by the log stream's
 * name: never the line. Throws when the table or the broker cannot be reached, or ECS when it is asked, or when the row cannot be
 * read: then the delivery comes again, and its events are the same ones. Progress is not worth that, and is left out. A row that
 * cannot be written is counted and logged, and does not bring the delivery back. Undefined is a delivery without lines.
 */
export const relay = async (
  delivered: Delivered | { readonly why: string } | undefined,
  ports: RelayPorts,
): Promise<void> => {
  if (delivered === undefined) return;
  if ('lines' in delivered) return withRowToWaitFor(ports, () => relayLines(delivered, ports));
  // It could not be read later either, so it must not come again.
  ports.meter('DeliveriesUnreadable');
  ports.log('error', 'lines.unreadable', { why: delivered.why });
};

const relayLines = async (delivered: Delivered, ports: RelayPorts): Promise<void> => {
  logRefused(ports, delivered);
  const badResult = delivered.refused.findLast(({ word }) => word === 'DAVIT_RESULT');
  if (delivered.lines.length === 0 && badResult === undefined) return;
  const of = await runOfLines(ports, delivered);
  const task = of && (await ports.tasks.read(of.taskId));
  const standing = of && task && standingOf(task, of);
  if (!of || !task || !standing) {
    ports.meter('LinesWithoutRun', delivered.lines.length);
    ports.log('warn', 'line.withoutRun', { ecsTaskId: delivered.ecsTaskId, ...of });
    return;
  }
  const isCurrent = standing === 'current';
  const [published] = await Promise.allSettled([
    publishSaid(ports, { task, of, lines: delivered.lines, isCurrent }),
  ]);
  // The result must not wait for a broker that cannot be reached.
  if (standing !== 'past')
    await withRowToWrite(ports, () => applyResult(ports, task, { of, delivered, badResult }));
  if (published.status === 'rejected') throw published.reason;
};

const logRefused = ({ meter, log }: RelayPorts, { refused, ecsTaskId }: Delivered): void => {
  const [first] = refused;
  if (first === undefined) return;
  meter('LinesRefused', refused.length);
  const { word, why } = first;
  log('warn', 'line.refused', { ecsTaskId, lines: refused.length, word, why });
};

const applyResult = async (
  ports: RelayPorts,
  task: Task,
  said: {
    readonly of: OwnedRun;
    readonly delivered: Delivered;
    readonly badResult: RefusedLine | undefined;
  },
): Promise<void> => {
  const line = resultIn(said.delivered.lines) ?? said.badResult;
  if (line === undefined) return;
  const advanced = await advance(ports, task, resultFactOf(said.of, line));
  if (advanced.kind === 'moved' && isEnded(advanced.task)) await carryOut(ports, advanced.task);
};
