import { due } from '../../shared/core/due.ts';
import {
  isEnded,
  type Launching,
  type Phase,
  type Queued,
  type Running,
  type Task,
} from '../../shared/core/task.ts';
import { visibleLine } from '../../shared/wire/visible.ts';
import { hanging, indentOf } from './hanging.ts';
import { phasePaint } from './phase.ts';
import { verdictName } from './run.ts';
import { filled, painted, type Screen } from './text.ts';
import { clockOf, lengthOf } from './time.ts';

/** Something that happened to a task between two looks at its row. */
export interface Change {
  readonly at: number;
  readonly phase: Phase;
  readonly run: number;
  readonly what: string;
  /** A container has stopped: what it printed comes before this. */
  readonly isStop?: true;
}

/**
 * What happened to a task since the last look, oldest first. A look may miss phases, but no run: what each run was
 * stays in the row.
 */
export const changesOf = (was: Task | undefined, is: Task): readonly Change[] => [
  ...(was
    ? []
    : [{ at: is.createdAt, phase: 'QUEUED' as const, run: 0, what: 'taken off davit.tasks' }]),
  ...endedRuns(was, is),
  ...stopping(was, is),
  ...present(was, is),
];

/** A change as `submit --follow` prints it, in one line; on a screen in as many rows as it takes. */
export const changeLines = (change: Change, screen: Screen): readonly string[] => {
  const first = [
    painted(screen, 'dim', clockOf(change.at)),
    painted(screen, phasePaint(change.phase), filled(change.phase, longestPhase)),
    '',
  ].join('  ');
  return hanging(visibleLine(change.what), indentOf(whatColumn, first), screen);
};

const longestPhase = 'SUCCEEDED'.length;
const whatColumn = '04:12:07'.length + longestPhase + 4;

const endedRuns = (was: Task | undefined, is: Task): readonly Change[] => {
  const told = was?.runs.at(-1)?.run ?? 0;
  return is.runs
    .filter((run) => run.run > told)
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

const present = (was: Task | undefined, is: Task): readonly Change[] => {
  const now = presentOf(is);
  if (!now) return [];
  if (isToldByItsRun(was, is)) return [];
  const before = was && presentOf(was);
  const isSame = was?.phase === is.phase && was.run === is.run && before?.what === now.what;
  return isSame ? [] : [{ ...now, phase: is.phase, run: is.run }];
};

interface Present {
  readonly at: number;
  readonly what: string;
}

/** What a row says of now. A QUEUED row speaks only when it has something to wait for. */
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

/** The end of a task that says no more than the end of its last run, which was told just now. */
const isToldByItsRun = (was: Task | undefined, is: Task): boolean => {
  const last = is.runs.at(-1);
  if (!isEnded(is) || is.result || !last || last.run === was?.runs.at(-1)?.run) return false;
  return is.phase === 'SUCCEEDED' || is.reason === undefined || is.reason === last.why;
};
