import type { Notice } from '../core/effect.ts';
import { noLines, type SpokenLine, type Taken, takeLines } from '../core/run-lines.ts';
import { type OwnedRun, spokenNotices } from '../core/spoken-notice.ts';
import type { Task } from '../core/task.ts';
import type { RunLinesTable } from '../ports/run-lines.ts';
import type { Sent } from '../ports.ts';
import type { CarryOutPorts } from './carry-out.ts';

/** What it takes to publish what a run said. */
export interface PublishPorts extends CarryOutPorts {
  readonly lines: RunLinesTable;
  readonly signal: AbortSignal;
}

/** What a run said, and whether its container may run. */
interface Saying {
  readonly task: Task;
  readonly of: OwnedRun;
  readonly lines: readonly SpokenLine[];
  readonly isCurrent: boolean;
}

/**
 * Publishes what a run said. Throws when the table or the exchange for events cannot be reached. A reply that its queue does not
 * take is given up, because one publisher must not hold up what others hear: it is counted and logged.
 */
export const publishSaid = async (ports: PublishPorts, saying: Saying): Promise<void> => {
  const { task, of, lines } = saying;
  if (lines.every(({ kind }) => kind === 'result')) return;
  const taken = await take(ports, saying);
  const { broker } = ports;
  const events = spokenNotices(task, of, taken, 'event');
  const replies = spokenNotices(task, of, taken, 'reply');
  const announce = (notice: Notice) => broker.announce(task, notice);
  const reply = (notice: Notice) => broker.reply(task, notice);
  const hasReply = task.replyTo !== undefined;
  const [unheard, unanswered] = await Promise.all([
    sendInOrder(ports, events.lasting, announce),
    hasReply ? sendInOrder(ports, replies.lasting, reply) : undefined,
    sendOnce(ports, events.passing, announce),
    hasReply ? sendOnce(ports, replies.passing, reply) : undefined,
  ]);
  // The delivery comes again then, with its replies.
  if (unheard) throw new Error(`What a run said could not be published: ${unheard.why}`);
  if (unanswered) giveUp(ports, task, unanswered);
};

const giveUp = ({ meter, log }: PublishPorts, task: Task, { notices, why }: Unsent): void => {
  meter('RepliesGivenUp', notices.length);
  const what = notices[0]?.what;
  log('error', 'reply.givenUp', { taskId: task.taskId, queue: task.replyTo, what, why });
};

/** Another process may take lines of the same run at the same time. So many lost races mean that something is wrong. */
const mostLosses = 25;

/** Takes the lines: what is kept of them is written before anything is published. */
const take = async (ports: PublishPorts, { of, lines, isCurrent }: Saying): Promise<Taken> => {
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

/** What was not published, and why. */
interface Unsent {
  readonly notices: readonly Notice[];
  readonly why: string;
}

/** Publishes all, in order. After a failure no more are tried, because each would wait for an answer. */
const sendInOrder = async (
  { signal }: PublishPorts,
  notices: readonly Notice[],
  send: (notice: Notice) => Promise<Sent>,
): Promise<Unsent | undefined> => {
  for (let at = 0; at < notices.length; at += atOnce) {
    const rest = notices.slice(at + atOnce);
    const batch = notices.slice(at, at + atOnce);
    if (signal.aborted)
      return { notices: [...batch, ...rest], why: 'the time of the function is over' };
    const tried = await Promise.all(
      batch.map(async (notice) => ({ notice, sent: await send(notice) })),
    );
    const failed = tried.flatMap(({ notice, sent }) =>
      sent.kind === 'failed' || sent.kind === 'refused' ? [{ notice, why: sent.why }] : [],
    );
    const [first] = failed;
    if (first) return { notices: [...failed.map(({ notice }) => notice), ...rest], why: first.why };
  }
  return undefined;
};

/** Publishes what the next line replaces: a failure is only counted. */
const sendOnce = async (
  { meter }: PublishPorts,
  notices: readonly Notice[],
  send: (notice: Notice) => Promise<Sent>,
): Promise<void> => {
  const sent = await Promise.all(notices.map(send));
  meter('ProgressLeftOut', sent.filter(({ kind }) => kind === 'failed').length);
};
