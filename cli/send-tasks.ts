import type { AskControl } from '../shared/aws/invoke.ts';
import type { Queries } from '../shared/aws/queries.ts';
import type { TaskAnswer } from '../shared/core/control.ts';
import { mostSubmitted } from '../shared/wire/control.ts';
import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import type { Context } from './context.ts';
import { failureMessage, isLasting } from './failure-message.ts';
import type { LineTask } from './line-task.ts';
import { withFullStop } from './print/with-full-stop.ts';
import { type SendPace, sendPace } from './send-pace.ts';

/** What became of a task of a line. */
export type Sent =
  | { readonly how: 'sent' | 'existing' }
  | { readonly how: 'wrong'; readonly why: string };

/** What it takes to send tasks. */
export interface SendPorts {
  readonly context: Context;
  readonly control: AskControl;
  readonly table: Queries;
  readonly report: (task: LineTask, sent: Sent) => void;
}

/** Requests under way at the same time: each needs a process of `control`, with a connection of its own to the broker. */
const senders = 4;
/** Characters of the bodies of one request. A Lambda takes 6 MB, and a quotation mark becomes two characters. */
const mostCharacters = 2_000_000;
/** Nothing was accepted for so long: something must be repaired first. */
const patienceMs = 300_000;

/**
 * Sends tasks through `control`, in batches. Those that have a row already are not sent. When Lambda or the broker refuses or does
 * not answer, it slows down and goes on. Throws when that lasts for five minutes, and for an error that waiting does not mend. On
 * Ctrl-C it ends early and does not throw.
 */
export const sendTasks = async (
  chunks: AsyncIterable<readonly LineTask[]>,
  ports: SendPorts,
): Promise<void> => {
  const { context } = ports;
  const failure = new AbortController();
  const signal = AbortSignal.any([context.signal, failure.signal]);
  const pace = sendPace(senders, context, signal);
  const work = { ...ports, pace, signal, state: { progressAt: context.now() } };
  const batches = batchesOf(chunks);
  const send = async (sender: number): Promise<void> => {
    for (;;) {
      const next = await batches.next();
      if (next.done || signal.aborted) return;
      await sendBatch(next.value, sender, work);
    }
  };
  await Promise.all(
    Array.from({ length: senders }, async (_, sender) => {
      try {
        await send(sender);
      } catch (error) {
        // The other senders finish what is under way, and begin nothing new.
        failure.abort();
        if (!context.signal.aborted) throw error;
      }
    }),
  );
};

const batchesOf = async function* (
  chunks: AsyncIterable<readonly LineTask[]>,
): AsyncGenerator<readonly LineTask[]> {
  for await (const tasks of chunks) {
    let batch: LineTask[] = [];
    let characters = 0;
    for (const task of tasks) {
      if (batch.length === mostSubmitted || characters + task.body.length > mostCharacters) {
        yield batch;
        [batch, characters] = [[], 0];
      }
      batch.push(task);
      characters += task.body.length;
    }
    if (batch.length > 0) yield batch;
  }
};

interface Work extends SendPorts {
  readonly pace: SendPace;
  readonly signal: AbortSignal;
  readonly state: { progressAt: number };
}

const sendBatch = async (batch: readonly LineTask[], sender: number, work: Work): Promise<void> => {
  const { pace, signal } = work;
  let left: Left = { tasks: batch, isChecked: false };
  while (left.tasks.length > 0) {
    await pace.turn(sender);
    if (signal.aborted) return;
    left = await tryOnce(left, work);
  }
};

interface Left {
  readonly tasks: readonly LineTask[];
  /** None of them has a row. */
  readonly isChecked: boolean;
}

/** Answers with what must be sent again. Throws for an error that waiting does not mend. */
const tryOnce = async (left: Left, work: Work): Promise<Left> => {
  let fresh = left;
  try {
    if (!fresh.isChecked)
      fresh = { tasks: await withoutExisting(fresh.tasks, work), isChecked: true };
    if (fresh.tasks.length === 0) return fresh;
    return { tasks: await askOnce(fresh.tasks, work), isChecked: true };
  } catch (error) {
    if (work.signal.aborted) return fresh;
    if (error instanceof CommandError || isLasting(error)) throw error;
    slowDown(failureMessage(error, work.context.deployment).sentence, work);
    return fresh;
  }
};

/** Sends them once, and answers with those that the broker did not confirm. */
const askOnce = async (tasks: readonly LineTask[], work: Work): Promise<readonly LineTask[]> => {
  const { context, control, pace, state, report } = work;
  const failed: LineTask[] = [];
  let trouble: string | undefined;
  for (const [task, { how, says }] of await askFor(tasks, control)) {
    if (how === 'done') report(task, { how: 'sent' });
    if (how === 'refused') report(task, { how: 'wrong', why: says });
    if (how !== 'failed') continue;
    failed.push(task);
    trouble ??= says;
  }
  if (failed.length < tasks.length) state.progressAt = context.now();
  if (trouble === undefined) pace.speedUp();
  else slowDown(trouble, work);
  return failed;
};

const slowDown = (why: string, { context, pace, state }: Work): void => {
  const waitMs = pace.slowDown();
  if (context.now() - state.progressAt > patienceMs)
    throw new CommandError(codes.error, `Nothing was accepted for five minutes: ${why}`);
  if (waitMs !== undefined)
    context.remark(`${withFullStop(why)} Davit goes on in ${waitMs / 1_000} s, and more slowly.`);
};

/** The tasks without a row. Those with a row are reported. */
const withoutExisting = async (
  batch: readonly LineTask[],
  { table, report }: Work,
): Promise<readonly LineTask[]> => {
  const rows = await table.attributes(
    batch.map(({ taskId }) => taskId),
    ['taskId', 'digest'],
  );
  const digests = new Map(rows.map(({ taskId, digest }) => [taskId, digest]));
  return batch.filter((task) => {
    const digest = digests.get(task.taskId);
    // The row of a cancel that came before its task has no digest yet.
    if (digest === undefined || digest === '') return true;
    report(
      task,
      digest === task.digest
        ? { how: 'existing' }
        : { how: 'wrong', why: `its id "${task.taskId}" is already the id of another task` },
    );
    return false;
  });
};

const askFor = async (
  tasks: readonly LineTask[],
  control: AskControl,
): Promise<readonly (readonly [LineTask, TaskAnswer])[]> => {
  const answer = await control({
    ask: 'submitMany',
    tasks: tasks.map(({ taskId, body, priority }) => ({ taskId, body, priority })),
  });
  const pairs = answer.kind === 'tasks' ? pairsOf(tasks, answer.tasks) : [];
  if (pairs.length === tasks.length) return pairs;
  throw new CommandError(
    codes.error,
    answer.kind === 'refused'
      ? `The function control did not accept the request: ${withFullStop(answer.reason)} Is it of the same version as this davit?`
      : 'The function control sent an answer that does not fit. Check that it is of the same version as this davit.',
  );
};

const pairsOf = (
  tasks: readonly LineTask[],
  answers: readonly TaskAnswer[],
): readonly (readonly [LineTask, TaskAnswer])[] =>
  tasks.flatMap((task, at) => {
    const answer = answers[at];
    return answer?.taskId === task.taskId ? [[task, answer] as const] : [];
  });
