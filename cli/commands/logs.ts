import type { LogLine } from '../../shared/aws/logs.ts';
import { due } from '../../shared/core/due.ts';
import { isEnded, type Task } from '../../shared/core/task.ts';
import { iso } from '../../shared/wire/stored-time.ts';
import { visible, visibleJson } from '../../shared/wire/visible.ts';
import { type Code, codes } from '../codes.ts';
import { command } from '../command.ts';
import { type Context, logsAt, tableOf } from '../context.ts';
import { looks, readTask, unlessStopped } from '../follow.ts';
import { checkTaskId, noSuchTask } from '../no-such-task.ts';
import { wholeNumber } from '../numbers.ts';
import { containersOf } from '../print/run.ts';
import { withStop } from '../print/with-stop.ts';
import { lateLines, type Tail, type TaskTail, tailOf, taskTailOf } from '../tail.ts';
import { Trouble } from '../trouble.ts';

/** `davit logs`: what the container of a run printed. */
export const logs = command({
  name: 'logs',
  args: {
    task: { type: 'positional', required: true, description: 'The id of the task' },
    run: {
      type: 'string',
      description: 'Which run (the latest that got a container)',
      valueHint: 'number',
    },
    follow: {
      type: 'boolean',
      alias: 'f',
      description: 'Go on until the task has ended, over all its further runs',
    },
    raw: {
      type: 'boolean',
      description: 'Into a pipe or a file: as the container wrote it, escapes and all',
    },
  },
  notes: [
    'What a terminal would obey or hide is spelled out, as in \\u{1b}, and colours are left out; --raw leaves lines as the',
    'container wrote them, and is refused where stdout is a terminal. When there are no lines, stderr says why.',
    '--json prints JSON lines: {"taskId", "run", "at", "message"}.',
  ],
  codes: [codes.unknown, codes.stopped],
  run: async (args, stand) => {
    const run = wholeNumber('--run', args.run, { least: 1, most: 999_999_999 });
    if (args.follow && run !== undefined) throw oneOrAll();
    const lineOf = writerOf(args, stand);
    checkTaskId(args.task, stand);
    const table = tableOf(stand);
    const task = await readTask(table, args.task);
    if (!task) throw noSuchTask(args.task, stand);
    const tail = tailOf(logsAt(stand));
    const print: Print = (run, lines) => {
      for (const line of lines) lineOf(task.taskId, run, line);
    };
    if (!args.follow) return await oneRun(task, run, { tail, print, stand });
    const lines = taskTailOf(tail, 'latest');
    await unlessStopped(stand, async () => {
      for await (const now of looks(args.task, table, stand)) {
        if (now) await printNew(now, lines, print);
        if (now && isEnded(now)) {
          await lateLines(stand);
          await printNew(now, lines, print);
        }
      }
    });
    if (!stand.signal.aborted) return codes.done;
    stand.remark('Stopped following.');
    return codes.stopped;
  },
});

type Print = (run: number, lines: readonly LogLine[]) => void;

const oneOrAll = (): Trouble =>
  new Trouble(
    codes.usage,
    '--run prints one run, and --follow goes on over all further ones: leave one of them out.',
  );

type Write = (taskId: string, run: number, line: LogLine) => void;

const jsonOrRaw = '--json escapes what --raw leaves as it is: leave one of them out.';

const rawOnTerminal =
  '--raw would let the tool command this terminal: pipe it (`| less`, `> file`), or leave --raw out.';

const writerOf = (
  { json, raw }: { readonly json?: boolean | undefined; readonly raw?: boolean | undefined },
  { out, outRaw }: Context,
): Write => {
  if (json && raw) throw new Trouble(codes.usage, jsonOrRaw);
  if (json)
    return (taskId, run, { at, text }) =>
      out(visibleJson({ taskId, run, at: iso(at), message: text }));
  if (!raw) return (_taskId, _run, { text }) => out(visible(text));
  if (!outRaw) throw new Trouble(codes.usage, rawOnTerminal);
  return (_taskId, _run, { text }) => outRaw(text);
};

interface Reading {
  readonly tail: Tail;
  readonly print: Print;
  readonly stand: Context;
}

const oneRun = async (
  task: Task,
  run: number | undefined,
  { tail, print, stand }: Reading,
): Promise<Code> => {
  const asked = containersOf(task).findLast((one) => run === undefined || one.run === run);
  if (!asked) {
    if (run !== undefined) throw noSuchRun(task, run);
    stand.remark(noContainer(task));
    return codes.done;
  }
  const lines = await tail(asked.ecsTaskArn);
  print(asked.run, lines ?? []);
  if (!lines?.length) stand.remark(nothingPrinted(task, asked.run));
  return codes.done;
};

const noSuchRun = (task: Task, run: number): Trouble => {
  const runs = containersOf(task)
    .map((one) => one.run)
    .join(', ');
  return new Trouble(
    codes.unknown,
    `Task ${task.taskId} has no container of run ${run}${runs ? `; it has those of ${runs}` : ''}.`,
  );
};

const noContainer = (task: Task): string =>
  isEnded(task)
    ? `Task ${task.taskId} ended ${task.phase} without a container: ${withStop(task.reason ?? task.outcome)}`
    : `Task ${task.taskId} has no container yet: ${withStop(due(task)?.why ?? task.phase)}`;

const nothingPrinted = (task: Task, run: number): string => {
  const isOver = isEnded(task) || run < task.run;
  return isOver
    ? `Run ${run} printed nothing, or its log has expired.`
    : `Run ${run} has printed nothing so far (${task.phase}).`;
};

const printNew = async (task: Task, lines: TaskTail, print: Print): Promise<void> => {
  for (const found of await lines(task)) print(found.run, found.lines);
};
