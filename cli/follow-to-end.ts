import type { Queries } from '../shared/aws/queries.ts';
import type { Submission } from '../shared/core/request.ts';
import { isEnded, type Task } from '../shared/core/task.ts';
import { type Code, codes } from './codes.ts';
import { type Context, logsAt, pauseMs } from './context.ts';
import { explained } from './failure-message.ts';
import { codeOfEnd, looks } from './follow.ts';
import { lastLineReader } from './last-line-reader.ts';
import { type Change, changesOf } from './print/changes.ts';
import { jsonPrinter, linePrinter, type Printer } from './print/printer.ts';
import { withStop } from './print/with-stop.ts';
import { lateLines, tailOf, taskTailOf } from './tail.ts';
import { Trouble } from './trouble.ts';

/** What is printed of a task that is followed. */
export interface Shown {
  readonly json: boolean;
  readonly logs: boolean;
}

/** Prints what happens to a submitted task until it has ended, and answers how it ended. */
export const followToEnd = async (
  submission: Submission,
  table: Queries,
  stand: Context,
  shown: Shown,
): Promise<Code> => {
  const { taskId } = submission;
  const printer = shown.json ? jsonPrinter(taskId, stand) : linePrinter(stand);
  const lastLines = lastLineReader(stand, shown);
  const tell = teller(printer, {
    tellLogs: shown.logs ? logTeller(stand, printer) : async () => {},
    tellLastLine: async (task) => {
      const lastLine = await lastLines.readNew(task);
      if (!lastLine) return;
      if ('why' in lastLine)
        stand.remark(`What run ${lastLine.run} wrote last is not known: ${withStop(lastLine.why)}`);
      else printer.lastLine(lastLine);
    },
  });
  try {
    const last = await toEnd(submission, table, stand, tell);
    if (last && isEnded(last)) {
      printer.ended(last, lastLines.newest());
      return codeOfEnd(last);
    }
  } catch (error) {
    if (!stand.signal.aborted) throw unfollowed(error, taskId, stand);
  }
  stand.remark(`Stopped following. Task ${taskId} goes on: see \`davit show ${taskId}\`.`);
  return codes.stopped;
};

type Tell = (task: Task) => Promise<void>;

/** Tells at each look what has changed; what a container printed stands between its start and its end. */
const teller = (
  printer: Printer,
  { tellLogs, tellLastLine }: { readonly tellLogs: Tell; readonly tellLastLine: Tell },
): Tell => {
  let last: Task | undefined;
  return async (task) => {
    const [before, after] = aroundStop(changesOf(last, task));
    last = task;
    for (const change of before) printer.change(change);
    await tellLogs(task);
    for (const change of after) printer.change(change);
    await tellLastLine(task);
  };
};

const aroundStop = (
  changes: readonly Change[],
): readonly [readonly Change[], readonly Change[]] => {
  const stop = changes.findIndex((change) => change.isStop);
  return stop < 0 ? [changes, []] : [changes.slice(0, stop), changes.slice(stop)];
};

const logTeller = (stand: Context, printer: Printer): Tell => {
  const tail = taskTailOf(tailOf(logsAt(stand)), 'first');
  const tell = async (task: Task): Promise<void> => {
    for (const { run, lines } of await tail(task)) {
      for (const line of lines) printer.log(run, line);
    }
  };
  return async (task) => {
    await tell(task);
    if (!isEnded(task)) return;
    await lateLines(stand);
    await tell(task);
  };
};

const toEnd = async (
  submission: Submission,
  table: Queries,
  stand: Context,
  tell: Tell,
): Promise<Task | undefined> => {
  const sayWaiting = patience(stand);
  let last: Task | undefined;
  for await (const task of looks(submission.taskId, table, stand)) {
    if (task) {
      checkOurs(task, submission);
      await tell(task);
      last = task;
    } else sayWaiting();
  }
  return last;
};

// Longer than dispatch takes when nothing is in its way: until then there is nothing to say.
const patienceMs = 3_000;

const patience = (stand: Context): (() => void) => {
  const since = stand.now();
  let isSaid = false;
  return () => {
    if (isSaid || stand.now() - since < patienceMs + pauseMs(stand)) return;
    stand.remark('The message waits in davit.tasks.');
    isSaid = true;
  };
};

const checkOurs = (task: Task, { taskId, digest }: Submission): void => {
  if (task.digest === digest) return;
  throw new Trouble(
    codes.rejected,
    `"${taskId}" is the id of another task already (${task.phase}): this message was REJECTED under an id of its own. Take another id.`,
  );
};

const unfollowed = (error: unknown, taskId: string, { place }: Context): unknown => {
  if (error instanceof Trouble) return error;
  const { code, sentence } = explained(error, place);
  return new Trouble(
    code,
    `${withStop(sentence)} Task ${taskId} is no longer followed, and goes on: see \`davit show ${taskId}\`.`,
    error,
  );
};
