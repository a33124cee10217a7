import { type RefusedLine, resultIn, type SpokenLine } from '../core/run-lines.ts';
import { runNamed } from '../core/run-name.ts';
import { type OwnedRun, standingOf } from '../core/spoken-notice.ts';
import { isEnded, type Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import { type PublishPorts, publishSaid } from './publish-said.ts';
import { resultFactOf } from './result-fact.ts';
import { withRow } from './with-row.ts';

/** Lines of one log stream, as the log's subscription delivered them. */
interface Delivered {
  readonly ecsTaskId: string;
  readonly lines: readonly SpokenLine[];
  readonly refused: readonly RefusedLine[];
}

/** What it takes to relay lines. */
export interface RelayPorts extends PublishPorts {
  /** The runs of ECS tasks that were looked up before, by the ids of the ECS tasks. */
  readonly known: Map<string, OwnedRun>;
}

/**
 * Publishes what a run said in its log, and gives its result to the row. Whose lines they are says ECS, by the log stream's
 * name: never the line. Throws when the table, ECS or the broker cannot be reached: then the delivery comes again, and its
 * events are the same ones. Progress is not worth that, and is left out. A row that cannot be read or written is counted and
 * logged, and does not bring the delivery back. Undefined is a delivery without lines.
 */
export const relay = async (
  delivered: Delivered | { readonly why: string } | undefined,
  ports: RelayPorts,
): Promise<void> => {
  if (delivered === undefined) return;
  if ('lines' in delivered) return withRow(ports, () => relayLines(delivered, ports));
  // It could not be read later either, so it must not come again.
  ports.meter('DeliveriesUnreadable');
  ports.log('error', 'lines.unreadable', { why: delivered.why });
};

const relayLines = async (delivered: Delivered, ports: RelayPorts): Promise<void> => {
  logRefused(ports, delivered);
  const badResult = delivered.refused.findLast(({ word }) => word === 'DAVIT_RESULT');
  if (delivered.lines.length === 0 && badResult === undefined) return;
  const of = await runOf(ports, delivered);
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
    await withRow(ports, () => applyResult(ports, task, { of, delivered, badResult }));
  if (published.status === 'rejected') throw published.reason;
};

const logRefused = ({ meter, log }: RelayPorts, { refused, ecsTaskId }: Delivered): void => {
  const [first] = refused;
  if (first === undefined) return;
  meter('LinesRefused', refused.length);
  const { word, why } = first;
  log('warn', 'line.refused', { ecsTaskId, lines: refused.length, word, why });
};

/** Runs that are kept from one delivery to the next. */
const mostKnown = 10_000;

/**
 * Reads of ECS lag: so long after a line was printed, ECS may not show the task that printed it. Lambda tries the last time
 * three minutes after the first, so lines of a task that ECS never shows are counted then.
 */
const lagMs = 2 * 60_000;

const runOf = async (
  ports: RelayPorts,
  { ecsTaskId, lines, refused }: Delivered,
): Promise<OwnedRun | undefined> => {
  const known = ports.known.get(ecsTaskId);
  if (known) return known;
  const { found } = await ports.runs.describe([ecsTaskId]);
  const [one] = found;
  const printedAt = Math.max(...[...lines, ...refused].map(({ at }) => at));
  if (one === undefined && ports.clock.now() < printedAt + lagMs) {
    throw new Error(`ECS does not show task ${ecsTaskId}, which has just printed lines`);
  }
  const named = runNamed(one?.startedBy);
  if (one === undefined || named === undefined) return undefined;
  if (ports.known.size >= mostKnown) ports.known.clear();
  const of = { ...named, ecsTaskArn: one.ecsTaskArn };
  ports.known.set(ecsTaskId, of);
  return of;
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
