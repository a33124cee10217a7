import { streamOf } from '../shared/aws/logs.ts';
import type { RunRecord } from '../shared/core/run-record.ts';
import { isEnded, type Task } from '../shared/core/task.ts';
import { visibleLine } from '../shared/wire/visible.ts';
import { type Context, logEndAt } from './context.ts';
import { explained } from './failure-message.ts';
import { type Container, containersOf } from './print/run.ts';
import { fitted } from './print/text.ts';

/** What a run that failed wrote last, safe for a terminal; or why that is not known. */
export type LastLine = { readonly run: number } & (
  | { readonly text: string }
  | { readonly why: string }
);

// Enough to find words before a program's empty lines and its lines for Davit, in one call.
const linesRead = 50;

/** The newest run that ran, when it failed, whatever became of the task since. */
export const lastFailureOf = (task: Task): Container | undefined => {
  const run = task.runs.findLast(hasRun);
  return run && isFailure(run) ? containersOf(task).find((one) => one.run === run.run) : undefined;
};

/** The run whose words say why a task FAILED, or waits to be tried again; undefined when there is no such run. */
export const failedRunOf = (task: Task): Container | undefined =>
  task.phase === 'FAILED' || task.phase === 'QUEUED' ? lastFailureOf(task) : undefined;

/** Reads the last line of a run that failed: from the row where that has it, else from the end of its log, by one call. */
export const readLastLine = async (
  task: Task,
  failed: Container | undefined,
  stand: Context,
): Promise<LastLine | undefined> => {
  if (!failed) return undefined;
  const { run, ecsTaskArn } = failed;
  const kept = isEnded(task) ? wordsIn((task.logTail ?? '').split('\n')) : undefined;
  if (kept !== undefined) return { run, text: kept };
  try {
    const lines = await logEndAt(stand)(streamOf(ecsTaskArn), linesRead);
    const text = wordsIn((lines ?? []).map((line) => line.text));
    if (text !== undefined) return { run, text };
    return {
      run,
      why: `run ${run} wrote nothing, or its log is not there yet or has expired: see \`davit logs ${task.taskId} --run ${run}\``,
    };
  } catch (error) {
    if (stand.signal.aborted) throw error;
    const { sentence } = explained(error, stand.place);
    return { run, why: `the log of run ${run} could not be read: ${sentence}` };
  }
};

const hasRun = ({ ecsTaskArn, startedAt }: RunRecord): boolean =>
  ecsTaskArn !== undefined && startedAt !== undefined;

const isFailure = ({ verdict }: RunRecord): boolean =>
  verdict !== 'succeeded' && verdict !== 'cancelled';

// A line may begin with blanks, and an event of CloudWatch Logs may have 1 MB.
const mostRead = 20_000;

const mostCharacters = 300;

/** The last line with something in it; one for Davit only where there is no other. */
const wordsIn = (lines: readonly string[]): string | undefined => {
  const written = lines.map((line) => visibleLine(line.slice(0, mostRead)));
  const last =
    written.findLast((line) => line !== '' && !line.startsWith('DAVIT_')) ??
    written.findLast((line) => line !== '');
  return last === undefined ? undefined : fitted(last, mostCharacters);
};
