import type { ControlRequest, Redriven, TaskAnswer } from '../core/control.ts';
import { errorMessage } from '../core/error-message.ts';
import type { FactOf } from '../core/fact.ts';
import { present } from '../core/present.ts';
import { isEnded, isTombstone, type Task } from '../core/task.ts';
import type { SparingPace } from '../ports/call-pace.ts';
import type { SubmissionOf } from '../ports.ts';
import { type Advance, advance } from './advance.ts';
import type { CarryOutPorts } from './carry-out.ts';
import { eachAtMost } from './pace.ts';
import { isFaultOfRow, logUnreadableRow } from './with-row.ts';

/** What it takes to apply a request to rows. */
export interface AskPorts extends CarryOutPorts {
  readonly submissionOf: SubmissionOf;
  /** That of the function's StopTask calls. */
  readonly stopPace: Pick<SparingPace, 'spares'>;
}

/** A task that was asked about: the answer, and its row when that was moved. */
export interface AskedTask {
  readonly answer: TaskAnswer;
  readonly moved?: Task;
}

/** Rows that are worked on at the same time. */
const atOnce = 20;

/**
 * Applies a cancel or a redrive to each of its tasks, and saves their rows; what follows from that is not carried out yet. A row
 * that cannot be read or written is `failed`, and affects no other. `ringsLeft` counts the doorbells that may be rung at once.
 */
export const askTasks = async (
  ports: AskPorts,
  request: ControlRequest & { readonly ask: 'cancel' | 'redrive' },
  {
    ringsLeft,
    signal,
  }: { readonly ringsLeft: () => boolean; readonly signal?: AbortSignal | undefined },
): Promise<readonly AskedTask[]> => {
  const one = async (task: Redriven): Promise<AskedTask> => {
    if (signal?.aborted) throw new Error('there was no time left for it');
    return request.ask === 'cancel'
      ? cancel(ports, task.taskId, request.why)
      : redrive(ports, task, { sameVersion: request.sameVersion, ringsLeft });
  };
  const tasks =
    request.ask === 'cancel' ? request.taskIds.map((taskId) => ({ taskId })) : request.tasks;
  const outcomes = await eachAtMost(tasks, atOnce, one);
  return outcomes.map((outcome, n) =>
    outcome.status === 'fulfilled'
      ? outcome.value
      : faulty(ports, tasks[n]?.taskId ?? '', outcome.reason),
  );
};

const faulty = (ports: AskPorts, taskId: string, reason: unknown): AskedTask => {
  if (!isFaultOfRow(reason)) return answered(taskId, 'failed', errorMessage(reason));
  logUnreadableRow(ports, reason);
  return answered(taskId, 'refused', reason.message);
};

const answered = (
  taskId: string,
  how: TaskAnswer['how'],
  says: string,
  moved?: Task,
): AskedTask => ({
  answer: { taskId, how, says },
  ...present({ moved }),
});

const cancel = async (
  ports: AskPorts,
  taskId: string,
  reason: string | undefined,
): Promise<AskedTask> => {
  const fact = { kind: 'cancelAsked' as const, taskId, ...present({ reason }) };
  const advanced = await advance(ports, await ports.tasks.read(taskId), fact);
  if (advanced.kind === 'invalid') return answered(taskId, 'failed', advanced.why);
  const { task } = advanced;
  if (advanced.kind === 'moved') {
    ports.meter('CancelsAsked');
    return answered(taskId, 'done', cancelSentence(advanced.task), advanced.task);
  }
  const isSo = task !== undefined && (!isEnded(task) || task.phase === 'CANCELLED');
  return answered(taskId, isSo ? 'done' : 'refused', againSentence(advanced));
};

/** What happens after a cancel that the row has just taken. */
const cancelSentence = (task: Task): string => {
  if (isTombstone(task))
    return 'it has no row yet: when its message comes within 14 days, it is cancelled at once';
  if (isEnded(task)) return 'it is CANCELLED: it had no container';
  return task.phase === 'LAUNCHING'
    ? `run ${task.run} is being launched: it is stopped as soon as ECS has it, and then the task is CANCELLED`
    : `run ${task.run} is being stopped: the task is CANCELLED when its container has stopped, unless that ends with success`;
};

/** Why a cancel changes nothing. */
const againSentence = ({ task, why }: Advance & { readonly kind: 'ignored' }): string => {
  if (task === undefined || !isEnded(task)) return why;
  return task.phase === 'CANCELLED'
    ? 'it was cancelled before'
    : `it has ended ${task.phase}, so there is nothing to cancel`;
};

interface How {
  readonly sameVersion: boolean;
  readonly ringsLeft: () => boolean;
}

const redrive = async (
  ports: AskPorts,
  { taskId, run }: Redriven,
  { sameVersion, ringsLeft }: How,
): Promise<AskedTask> => {
  const task = await ports.tasks.read(taskId);
  const fact: FactOf<'redriveAsked'> = {
    kind: 'redriveAsked',
    ...present({
      run,
      submission: task && submissionIn(ports, task),
      sameVersion: sameVersion ? (true as const) : undefined,
      rungLater: ringsLeft() ? undefined : (true as const),
    }),
  };
  const advanced = await advance(ports, task, fact);
  if (advanced.kind === 'invalid') return answered(taskId, 'failed', advanced.why);
  if (advanced.kind === 'ignored') return notRedriven(taskId, run, advanced);
  ports.meter('TasksRedriven');
  const next = `it is QUEUED for run ${advanced.task.run}`;
  return answered(taskId, 'done', next, advanced.task);
};

/** Why a redrive changes nothing. One that was sent or delivered twice has been done. */
const notRedriven = (
  taskId: string,
  run: number | undefined,
  { task, why }: Advance & { readonly kind: 'ignored' },
): AskedTask =>
  task !== undefined && run !== undefined && wasRedriven(task, run)
    ? answered(taskId, 'done', `it was redriven before, and is at run ${task.run} now`)
    : answered(taskId, 'refused', why);

/** Whether a redrive came after that run. Without one, a later run is a retry. */
const wasRedriven = (task: Task, run: number): boolean => {
  const record = task.runs.find((one) => one.run === run);
  return task.run > run && (record === undefined || record.endedAt <= task.queuedAt);
};

/** A rejected row has nothing of what its body asks for: it is redriven by what the body says today. */
const submissionIn = ({ submissionOf }: AskPorts, { taskId, phase, payload }: Task) => {
  if (phase !== 'REJECTED' || payload === undefined) return undefined;
  const submission = submissionOf(taskId, payload);
  return 'reason' in submission ? undefined : submission;
};
