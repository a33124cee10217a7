import { due } from '../../shared/core/due.ts';
import {
  isEnded,
  type Launching,
  type Phase,
  type Queued,
  type Running,
  type Task,
} from '../../shared/core/task.ts';
import { verdictName } from './run.ts';
import { lengthOf } from './time.ts';

/** Something that happened to a task between two reads of its row. */
export interface Change {
  readonly at: number;
  readonly phase: Phase;
  readonly run: number;
  readonly what: string;
  /** A container has stopped. The lines that it printed come before this change. */
  readonly isStop?: true;
}

/**
 * What happened to a task between two reads of its row, oldest first. A phase may be missed between two reads, but not a
 * run, because the row keeps a record of each run.
 */
export const changesOf = (was: Task | undefined, is: Task): readonly Change[] => [
  ...(was
    ? []
    : [{ at: is.createdAt, phase: 'QUEUED' as const, run: 0, what: 'taken off davit.tasks' }]),
  ...endedRuns(was, is),
  ...stopping(was, is),
  ...nowOf(was, is),
];

const endedRuns = (was: Task | undefined, is: Task): readonly Change[] => {
  const printed = was?.runs.at(-1)?.run ?? 0;
  return is.runs
    .filter((run) => run.run > printed)
    .flatMap((run) => {
      const started = { at: run.startedAt ?? 0, phase: 'RUNNING' as const, run: run.run };
      const wasSeen = was?.phase === 'RUNNING' && was.run === run.run;
      const ran =
        run.startedAt === undefined ? '' : ` after ${lengthOf(run.endedAt - run.startedAt)}`;
      return [
        ...(run.startedAt === undefined || wasSeen
          ? []
          : [{ ...started, what: `run ${run.run} runs on ${run.placement}` }]),
        {
          at: run.endedAt,
          phase: is.phase,
          run: run.run,
          what: `run ${run.run} ended${ran}: ${verdictName(run.verdict)}, ${run.why}`,
          isStop: true,
        },
      ];
    });
};

const stopping = (was: Task | undefined, is: Task): readonly Change[] => {
  const now = stoppingOf(is);
  return now && now.at !== stoppingOf(was)?.at
    ? [
        {
          at: now.at,
          phase: is.phase,
          run: is.run,
          what: `run ${is.run} is being stopped: ${now.why}`,
        },
      ]
    : [];
};

const stoppingOf = (task: Task | undefined): { why: string; at: number } | undefined =>
  task && 'stopping' in task ? task.stopping : undefined;

const nowOf = (was: Task | undefined, is: Task): readonly Change[] => {
  const now = presentOf(is);
  if (!now) return [];
  if (isSaidByLastRun(was, is)) return [];
  const before = was && presentOf(was);
  const isSame = was?.phase === is.phase && was.run === is.run && before?.what === now.what;
  return isSame ? [] : [{ ...now, phase: is.phase, run: is.run }];
};

interface Present {
  readonly at: number;
  readonly what: string;
}

/** The present state of a row. A QUEUED row has one only when it waits for something. */
const presentOf = (task: Task): Present | undefined => {
  switch (task.phase) {
    case 'QUEUED':
      return queued(task);
    case 'LAUNCHING':
      return launching(task);
    case 'STARTING':
      return { at: task.acceptedAt, what: `ECS has accepted run ${task.run}` };
    case 'RUNNING':
      return {
        at: task.startedAt,
        what: `run ${task.run} runs on ${task.placement}${addressOf(task)}`,
      };
    default:
      return { at: task.endedAt, what: endOf(task.reason ?? task.outcome, task.result) };
  }
};

const queued = (task: Queued): Present | undefined =>
  task.hold || task.notBefore !== undefined || task.rings > 0
    ? { at: task.updatedAt, what: due(task)?.why ?? '' }
    : undefined;

const launching = (task: Launching): Present =>
  task.doubt
    ? { at: task.doubt.at, what: due(task)?.why ?? task.doubt.why }
    : {
        at: task.launchOrder.intendedAt,
        what: `run ${task.run}: ${task.tool} ${task.release.version} on ${task.placement}`,
      };

const addressOf = ({ endpoint }: Running): string =>
  endpoint ? `, at ${endpoint.host}:${endpoint.port}` : '';

const endOf = (why: string, result: string | undefined): string =>
  result ? `${why}: ${result}` : why;

/** Whether the end of the task says no more than the end of its last run, which was printed just before. */
const isSaidByLastRun = (was: Task | undefined, is: Task): boolean => {
  const last = is.runs.at(-1);
  if (!isEnded(is) || is.result || !last || last.run === was?.runs.at(-1)?.run) return false;
  return is.phase === 'SUCCEEDED' || is.reason === undefined || is.reason === last.why;
};
