import type { Queries } from '../shared/aws/queries.ts';
import type { Submission } from '../shared/core/request.ts';
import { isEnded, type Task } from '../shared/core/task.ts';
import { type Code, codes, exitCodeOf } from './codes.ts';
import { CommandError } from './command-error.ts';
import { type Context, pauseMs } from './context.ts';
import { failureMessage } from './failure-message.ts';
import { lastLineReader } from './last-line-reader.ts';
import { jsonPrinter, linePrinter } from './print/printer.ts';
import { withFullStop } from './print/with-full-stop.ts';
import { progressReader } from './progress-reader.ts';
import { logPrinter, type Report, reporter } from './reporter.ts';
import { watchTask } from './watch-task.ts';

/** What to print of a task that is followed. */
export interface FollowOptions {
  readonly json: boolean;
  readonly logs: boolean;
}

/** Prints what happens to a submitted task until it has ended, and answers with the exit code for its end. */
export const followToEnd = async (
  submission: Submission,
  table: Queries,
  context: Context,
  options: FollowOptions,
): Promise<Code> => {
  const { taskId } = submission;
  const printer = options.json ? jsonPrinter(taskId, context) : linePrinter(context);
  const lastLines = lastLineReader(context, options);
  const report = reporter(printer, {
    printLogs: options.logs ? logPrinter(context, printer) : async () => {},
    printLastLine: async (task) => {
      const lastLine = await lastLines.readNew(task);
      if (!lastLine) return;
      if ('why' in lastLine)
        context.remark(
          `The last line of run ${lastLine.run} is not known: ${withFullStop(lastLine.why)}`,
        );
      else printer.lastLine(lastLine);
    },
  });
  try {
    const readProgress = progressReader(context);
    const last = await reportToEnd(submission, table, context, async (task) => {
      await report(task);
      const progress = await readProgress(task);
      if (progress) printer.progress(progress);
    });
    if (last && isEnded(last)) {
      printer.ended(last, lastLines.newest());
      return exitCodeOf(last);
    }
  } catch (error) {
    if (!context.signal.aborted) throw followError(error, taskId, context);
  } finally {
    context.showStatus?.(undefined);
  }
  context.remark(`Stopped following. Task ${taskId} goes on: see \`davit show ${taskId}\`.`);
  return codes.interrupted;
};

const reportToEnd = async (
  submission: Submission,
  table: Queries,
  context: Context,
  report: Report,
): Promise<Task | undefined> => {
  const remarkWait = waitRemark(context);
  let last: Task | undefined;
  for await (const task of watchTask(submission.taskId, table, context)) {
    if (task) {
      checkDigest(task, submission);
      await report(task);
      last = task;
    } else remarkWait();
  }
  return last;
};

// Dispatch needs less time than this to write a row when the queue is empty.
const usualWaitMs = 3_000;

const waitRemark = (context: Context): (() => void) => {
  const since = context.now();
  let isDone = false;
  return () => {
    if (isDone || context.now() - since < usualWaitMs + pauseMs(context)) return;
    context.remark('The message waits in davit.tasks.');
    isDone = true;
  };
};

const checkDigest = (task: Task, { taskId, digest }: Submission): void => {
  if (task.digest === digest) return;
  throw new CommandError(
    codes.rejected,
    `"${taskId}" is already the id of another task (${task.phase}), so this message was REJECTED under an id of its own. Use another id.`,
  );
};

const followError = (error: unknown, taskId: string, { deployment }: Context): unknown => {
  if (error instanceof CommandError) return error;
  const { code, sentence } = failureMessage(error, deployment);
  return new CommandError(
    code,
    `${withFullStop(sentence)} Davit stopped following task ${taskId}, which goes on: see \`davit show ${taskId}\`.`,
    error,
  );
};
