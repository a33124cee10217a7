import { logStreamOf } from '../shared/core/log-stream.ts';
import type { RunRecord } from '../shared/core/run-record.ts';
import { isEnded, type Task } from '../shared/core/task.ts';
import { visibleLine } from '../shared/wire/visible.ts';
import { type Container, containersOf } from './containers.ts';
import { type Context, logEndAt } from './context.ts';
import { failureMessage } from './failure-message.ts';
import { truncated } from './print/text.ts';

interface KnownLastLine {
  readonly run: number;
  /** Safe for a terminal. */
  readonly text: string;
}

interface UnknownLastLine {
  readonly run: number;
  readonly why: string;
}

/** The last line that a failed run printed, or why it is not known. */
export type LastLine = KnownLastLine | UnknownLastLine;

/** The newest run that had a container, when it failed; also when the task went on afterwards. */
export const lastFailureOf = (task: Task): Container | undefined => {
  const run = task.runs.findLast(hasStarted);
  return run && isFailure(run) ? containersOf(task).find((one) => one.run === run.run) : undefined;
};

/** The run whose last line explains why a task FAILED or waits for its next attempt; undefined when there is no such run. */
export const failedRunOf = (task: Task): Container | undefined =>
  task.phase === 'FAILED' || task.phase === 'QUEUED' ? lastFailureOf(task) : undefined;

/** Reads the last line of a failed run: from the row where it has one, otherwise from the end of the log, in one call. */
export const readLastLine = async (
  task: Task,
  failed: Container | undefined,
  context: Context,
): Promise<LastLine | undefined> => {
  if (!failed) return undefined;
  const { run, ecsTaskArn } = failed;
  // A row of an older Davit does not say which run its lines are of.
  const isKept = task.logTailRun === run || (task.logTailRun === undefined && isEnded(task));
  const kept = isKept ? lastTextIn((task.logTail ?? '').split('\n')) : undefined;
  if (kept !== undefined) return { run, text: kept };
  try {
    const lines = await logEndAt(context)(logStreamOf(ecsTaskArn), linesRead);
    const text = lastTextIn((lines ?? []).map((line) => line.text));
    if (text !== undefined) return { run, text };
    return {
      run,
      why: `run ${run} printed nothing, or its log has not arrived yet or has expired: see \`davit logs ${task.taskId} --run ${run}\``,
    };
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { sentence } = failureMessage(error, context.deployment);
    return { run, why: `the log of run ${run} could not be read: ${sentence}` };
  }
};

// One call reads 50 lines, so that empty lines and DAVIT_ lines at the end do not hide the last real one.
const linesRead = 50;

/** ECS sets `startedAt` when a task gets RUNNING. A tool that exits before that has run all the same, as its exit code shows. */
const hasStarted = ({ ecsTaskArn, startedAt, verdict }: RunRecord): boolean =>
  ecsTaskArn !== undefined && (startedAt !== undefined || verdict === 'tool');

const isFailure = ({ verdict }: RunRecord): boolean =>
  verdict !== 'succeeded' && verdict !== 'cancelled';

// An event of CloudWatch Logs may have 1 MB, and may begin with many spaces.
const mostRead = 20_000;

const mostCharacters = 300;

/** The last line that is not empty. A DAVIT_ line counts only where there is no other line. */
const lastTextIn = (lines: readonly string[]): string | undefined => {
  const written = lines.map((line) => visibleLine(line.slice(0, mostRead)));
  const last =
    written.findLast((line) => line !== '' && !line.startsWith('DAVIT_')) ??
    written.findLast((line) => line !== '');
  return last === undefined ? undefined : truncated(last, mostCharacters);
};
