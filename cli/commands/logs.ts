import type { LogLine } from '../../shared/aws/logs.ts';
import { due } from '../../shared/core/due.ts';
import { isEnded, type Task } from '../../shared/core/task.ts';
import { type Code, codes } from '../codes.ts';
import { command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { containersOf } from '../containers.ts';
import { type Context, logsAt, tableOf } from '../context.ts';
import { logWriter } from '../log-writer.ts';
import { checkTaskId, noSuchTask } from '../no-such-task.ts';
import { withFullStop } from '../print/with-full-stop.ts';
import { runUntilStopped } from '../run-until-stopped.ts';
import { type Tail, type TaskTail, tailOf, taskTailOf, waitForLateLines } from '../tail.ts';
import { readTask, watchTask } from '../watch-task.ts';
import { wholeNumber } from '../whole-number.ts';

/** `davit logs`: what the container of a run printed. */
export const logs = command({
  name: 'logs',
  args: {
    task: { type: 'positional', required: true, description: 'The id of the task' },
    run: {
      type: 'string',
      description: 'The number of the run (the latest that has a container)',
      valueHint: 'number',
    },
    follow: {
      type: 'boolean',
      alias: 'f',
      description: 'Print until the task has ended, over all its further runs',
    },
    raw: {
      type: 'boolean',
      description:
        'Into a pipe or a file: print exactly what the container wrote, escapes included',
    },
  },
  notes: [
    'Control characters and invisible characters are printed as \\u{1b}, and colours are removed. --raw prints the lines',
    'unchanged, and is refused where stdout is a terminal. When there are no lines, stderr says why.',
    '--json prints JSON lines: {"taskId", "run", "at", "message"}.',
  ],
  codes: [codes.notFound, codes.interrupted],
  run: async (args, context) => {
    const run = wholeNumber('--run', args.run, { least: 1, most: 999_999_999 });
    if (args.follow && run !== undefined) throw runAndFollow();
    const write = logWriter(args, context);
    checkTaskId(args.task, context);
    const table = tableOf(context);
    const task = await readTask(table, args.task);
    if (!task) throw noSuchTask(args.task, context);
    const tail = tailOf(logsAt(context));
    const print: Print = (run, lines) => {
      for (const line of lines) write(task.taskId, run, line);
    };
    if (!args.follow) return await printRun(task, run, { tail, print, context });
    const lines = taskTailOf(tail, 'latest');
    await runUntilStopped(context, async () => {
      for await (const now of watchTask(args.task, table, context)) {
        if (now) await printNew(now, lines, print);
        if (now && isEnded(now)) {
          await waitForLateLines(context);
          await printNew(now, lines, print);
        }
      }
    });
    if (!context.signal.aborted) return codes.done;
    context.remark('Stopped following.');
    return codes.interrupted;
  },
});

type Print = (run: number, lines: readonly LogLine[]) => void;

const runAndFollow = (): CommandError =>
  new CommandError(
    codes.usage,
    '--run prints one run, and --follow prints all further runs: leave one of them out.',
  );

interface Reading {
  readonly tail: Tail;
  readonly print: Print;
  readonly context: Context;
}

const printRun = async (
  task: Task,
  run: number | undefined,
  { tail, print, context }: Reading,
): Promise<Code> => {
  const container = containersOf(task).findLast((one) => run === undefined || one.run === run);
  if (!container) {
    if (run !== undefined) throw noSuchRun(task, run);
    context.remark(noContainer(task));
    return codes.done;
  }
  const lines = await tail(container.ecsTaskArn);
  print(container.run, lines ?? []);
  if (!lines?.length) context.remark(nothingPrinted(task, container.run));
  return codes.done;
};

const noSuchRun = (task: Task, run: number): CommandError => {
  const runs = containersOf(task)
    .map((one) => one.run)
    .join(', ');
  return new CommandError(
    codes.notFound,
    `Task ${task.taskId} has no container for run ${run}${runs ? `; it has containers for ${runs}` : ''}.`,
  );
};

const noContainer = (task: Task): string =>
  isEnded(task)
    ? `Task ${task.taskId} ended as ${task.phase} without a container: ${withFullStop(task.reason ?? task.outcome)}`
    : `Task ${task.taskId} has no container yet: ${withFullStop(due(task)?.why ?? task.phase)}`;

const nothingPrinted = (task: Task, run: number): string => {
  const isOver = isEnded(task) || run < task.run;
  return isOver
    ? `Run ${run} printed nothing, or its log has expired.`
    : `Run ${run} has printed nothing yet (${task.phase}).`;
};

const printNew = async (task: Task, lines: TaskTail, print: Print): Promise<void> => {
  for (const found of await lines(task)) print(found.run, found.lines);
};
