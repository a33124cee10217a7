import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { errorMessage } from '../shared/core/error-message.ts';
import { present } from '../shared/core/present.ts';
import { type Code, codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import { type Context, controlAt, tableOf } from './context.ts';
import { failureMessage } from './failure-message.ts';
import { type LineTask, lineReader, type ReadLine } from './line-task.ts';
import { type Line, linesOf } from './lines.ts';
import { withFullStop } from './print/with-full-stop.ts';
import { type SendTally, sendTally } from './send-tally.ts';
import { sendTasks } from './send-tasks.ts';

/** Where the tasks come from, and what they share. */
export interface FromOptions {
  /** A file, or `-` for stdin. */
  readonly from: string;
  readonly tool: string;
  /** Fields of the body that a line need not have. */
  readonly fields: object;
  readonly priority: number;
  readonly strict: boolean;
  readonly json: boolean;
}

/** Submits a task for each line, and says what became of them. */
export const submitFrom = async (options: FromOptions, context: Context): Promise<Code> => {
  const { from, strict } = options;
  const { chunks, size } = await openSource(from, context);
  const tally = sendTally(options, { context, size });
  const isOver = (): boolean => context.signal.aborted || (strict && tally.counts().wrong > 0);
  const read = lineReader({ ...options, now: context.now() });
  const ports = { context, control: controlAt(context), table: tableOf(context) };
  try {
    await sendTasks(tasksIn(chunks, { tally, read, isOver }), { ...ports, report: tally.done });
  } catch (error) {
    context.showStatus?.(undefined);
    if (!context.signal.aborted) throw failureOf(error, tally.stoppedAt(), context);
  }
  tally.end();
  if (context.signal.aborted) {
    context.remark(`Stopped. ${tally.stoppedAt()}`);
    return codes.interrupted;
  }
  if (strict && tally.counts().wrong > 0)
    context.remark(`Stopped at a wrong line, because of --strict. ${tally.stoppedAt()}`);
  return tally.counts().wrong > 0 ? codes.rejected : codes.done;
};

interface Reading {
  readonly tally: SendTally;
  readonly read: (line: Line) => ReadLine;
  readonly isOver: () => boolean;
}

const tasksIn = async function* (
  chunks: AsyncIterable<Uint8Array>,
  reading: Reading,
): AsyncGenerator<readonly LineTask[]> {
  for await (const lines of linesOf(chunks)) {
    const tasks = tasksOf(lines, reading);
    if (tasks.length > 0) yield tasks;
    if (reading.isOver()) return;
  }
};

/** The tasks of lines, up to the line at which it is over. */
const tasksOf = (lines: readonly Line[], { tally, read, isOver }: Reading): readonly LineTask[] => {
  const found: LineTask[] = [];
  for (const line of lines) {
    if (isOver()) break;
    const one = read(line);
    tally.read(line, one);
    if (one.kind === 'task') found.push(one.task);
  }
  return found;
};

interface Source {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly size?: number;
}

const openSource = async (from: string, { openStdin }: Context): Promise<Source> => {
  if (from === '-') return { chunks: openStdin() };
  try {
    const file = await stat(from);
    if (file.isDirectory()) throw new Error('it is a directory');
    const size = file.isFile() ? file.size : undefined;
    const chunks: AsyncIterable<Uint8Array> = createReadStream(from, { highWaterMark: 1_048_576 });
    return { chunks, ...present({ size }) };
  } catch (cause) {
    throw new CommandError(
      codes.usage,
      `The tasks could not be read from ${from}: ${errorMessage(cause)}`,
      cause,
    );
  }
};

const failureOf = (error: unknown, stoppedAt: string, { deployment }: Context): CommandError => {
  const { code, sentence } = failureMessage(error, deployment);
  return new CommandError(code, `${withFullStop(sentence)} ${stoppedAt}`, error);
};
