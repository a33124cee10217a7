import { isEnded, type Phase, type Task } from '../../shared/core/task.ts';
import { stateOf } from './state.ts';
import { lengthOf } from './time.ts';
import { verdictName } from './verdict-name.ts';

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
    : [{ at: is.createdAt, phase: 'QUEUED' as const, run: 0, what: 'taken from davit.tasks' }]),
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
  const now = stateOf(is);
  if (!now) return [];
  if (isSaidByLastRun(was, is)) return [];
  const before = was && stateOf(was);
  const isSame = was?.phase === is.phase && was.run === is.run && before?.what === now.what;
  return isSame ? [] : [{ ...now, phase: is.phase, run: is.run }];
};

/** Whether the end of the task says no more than the end of its last run, which was printed just before. */
const isSaidByLastRun = (was: Task | undefined, is: Task): boolean => {
  const last = is.runs.at(-1);
  if (!isEnded(is) || is.result || !last || last.run === was?.runs.at(-1)?.run) return false;
  return is.phase === 'SUCCEEDED' || is.reason === undefined || is.reason === last.why;
};
