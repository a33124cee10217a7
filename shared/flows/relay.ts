import type { Notice } from '../core/effect.ts';
import {
  noLines,
  type RefusedLine,
  resultIn,
  type SpokenLine,
  type Taken,
  takeLines,
} from '../core/run-lines.ts';
import { runNamed } from '../core/run-name.ts';
import { type OwnedRun, spokenNotices, standingOf } from '../core/spoken-notice.ts';
import { isEnded, type Task } from '../core/task.ts';
import type { RunLinesTable } from '../ports/run-lines.ts';
import type { Sent } from '../ports.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { resultFactOf } from './result-fact.ts';

/** Lines of one log stream, as the log's subscription delivered them. */
interface Delivered {
  readonly ecsTaskId: string;
  readonly lines: readonly SpokenLine[];
  readonly refused: readonly RefusedLine[];
}

/** What it takes to relay lines. */
export interface RelayPorts extends CarryOutPorts {
  readonly lines: RunLinesTable;
  /** The runs of ECS tasks that were looked up before, by the ids of the ECS tasks. */
  readonly known: Map<string, OwnedRun>;
  readonly signal: AbortSignal;
}

/**
 * Publishes what a run said in its log, and gives its result to the row. Whose lines they are says ECS, by the log stream's
 * name: never the line. Throws when the table, ECS or the broker cannot be reached: then the delivery comes again, and its
 * events are the same ones. Progress is not worth that, and is left out. Undefined is a delivery without lines.
 */
export const relay = async (
  delivered: Delivered | { readonly why: string } | undefined,
  ports: RelayPorts,
): Promise<void> => {
  if (delivered === undefined) return;
  if ('lines' in delivered) return relayLines(delivered, ports);
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
  if (standing !== 'past') await applyResult(ports, task, { of, delivered, badResult });
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

/** Reads of ECS lag: so long after a line was printed, ECS may not show the task that printed it. */
const lagMs = 5 * 60_000;

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

interface Saying {
  readonly task: Task;
  readonly of: OwnedRun;
  readonly lines: readonly SpokenLine[];
  readonly isCurrent: boolean;
}

const publishSaid = async (ports: RelayPorts, saying: Saying): Promise<void> => {
  const { task, of, lines } = saying;
  if (lines.every(({ kind }) => kind === 'result')) return;
  const taken = await take(ports, saying);
  const { broker } = ports;
  const events = spokenNotices(task, of, taken, 'event');
  const replies = spokenNotices(task, of, taken, 'reply');
  const announce = (notice: Notice) => broker.announce(task, notice);
  const reply = (notice: Notice) => broker.reply(task, notice);
  const hasReply = task.replyTo !== undefined;
  const sent = await Promise.allSettled([
    sendInOrder(ports, events.lasting, announce),
    ...(hasReply ? [sendInOrder(ports, replies.lasting, reply)] : []),
    sendOnce(ports, events.passing, announce),
    ...(hasReply ? [sendOnce(ports, replies.passing, reply)] : []),
  ]);
  const failed = sent.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
};

/** Another process may take lines of the same run at the same time. So many lost races mean that something is wrong. */
const mostLosses = 25;

/** Takes the lines: what is kept of them is written before anything is published. */
const take = async (ports: RelayPorts, { of, lines, isCurrent }: Saying): Promise<Taken> => {
  const isKept = lines.some(({ kind }) => kind === 'progress' || kind === 'ready');
  // Nothing is kept of output: its place follows from the lines.
  if (!isCurrent || !isKept) return takeLines(noLines, lines, { now: 0, isCurrent });
  for (let losses = 0; losses < mostLosses; losses += 1) {
    const was = await ports.lines.read(of.taskId, of.run);
    const now = ports.clock.now();
    const taken = takeLines(was ?? noLines, lines, { now, isCurrent });
    const isSame = taken.next === (was ?? noLines);
    if (isSame || (await ports.lines.save({ ...of, now }, taken.next, was))) return taken;
  }
  throw new Error(
    `The lines of ${of.taskId}/${of.run} could not be written: another writer was faster ${mostLosses} times in a row.`,
  );
};

/** Messages that wait for their confirms at the same time: RabbitMQ keeps their order. */
const atOnce = 100;

/** Publishes all, in order. Throws at the first that the broker did not take. */
const sendInOrder = async (
  { signal }: RelayPorts,
  notices: readonly Notice[],
  send: (notice: Notice) => Promise<Sent>,
): Promise<void> => {
  for (let at = 0; at < notices.length; at += atOnce) {
    signal.throwIfAborted();
    const sent = await Promise.all(notices.slice(at, at + atOnce).map(send));
    const failed = sent.find(({ kind }) => kind === 'failed');
    if (failed?.kind === 'failed') {
      throw new Error(`What a run said could not be published: ${failed.why}`);
    }
  }
};

/** Publishes what the next line replaces: a failure is only counted. */
const sendOnce = async (
  { meter }: RelayPorts,
  notices: readonly Notice[],
  send: (notice: Notice) => Promise<Sent>,
): Promise<void> => {
  const sent = await Promise.all(notices.map(send));
  meter('ProgressLeftOut', sent.filter(({ kind }) => kind === 'failed').length);
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
