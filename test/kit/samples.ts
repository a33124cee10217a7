import type { Fact } from '../../shared/core/fact.ts';
import { step } from '../../shared/core/step.ts';
import type { Task } from '../../shared/core/task.ts';
import {
  arnOf,
  exit,
  hour,
  launchDecided,
  minute,
  noCapacity,
  rejectionNamed,
  second,
  seen,
  start,
  stopped,
  submissionOf,
  submitted,
} from './facts.ts';

/** A fact, or how to make it from the row of that moment; applied `after` this number of milliseconds. */
export type HistoryEntry = readonly [
  after: number,
  fact: Fact | ((task: Task | undefined, now: number) => Fact),
];

/** The row after a history that begins at `start`. Throws when a fact of it changes nothing. */
export const rowAfter = (...history: readonly HistoryEntry[]): Task => {
  const task = continued(undefined, start, history);
  if (!task) throw new Error('A history needs a fact.');
  return task;
};

/** The same from a given row, beginning at its last update. */
export const onward = (task: Task, ...history: readonly HistoryEntry[]): Task =>
  continued(task, task.updatedAt, history) ?? task;

const continued = (
  from: Task | undefined,
  since: number,
  history: readonly HistoryEntry[],
): Task | undefined => {
  let [task, now] = [from, since];
  for (const [ms, entry] of history) {
    now += ms;
    const fact = typeof entry === 'function' ? entry(task, now) : entry;
    const next = step(task, fact, now);
    if (next.kind === 'ignored') {
      throw new Error(`A sample history applies ${fact.kind}, and it was ignored: ${next.why}`);
    }
    task = next.task;
  }
  return task;
};

/** All effects of a row were carried out. */
export const carriedOut: HistoryEntry = [
  0,
  (task) => ({ kind: 'carriedOut', ids: (task?.outbox ?? []).map((effect) => effect.id) }),
];

/** What the runs of a row showed was counted on the records of their versions. */
export const counted: HistoryEntry = [
  0,
  (task) => ({
    kind: 'carriedOut',
    ids: (task?.outbox ?? []).flatMap(({ id, kind }) => (kind === 'count' ? [id] : [])),
  }),
];

const cancel: Fact = { kind: 'cancelAsked', taskId: 'film-1', reason: 'no longer wanted' };
const hold = {
  by: 'tool/echo',
  why: 'echo is no longer in SSM',
  since: start,
  opensAt: start + minute,
};
const gateHold = { by: 'tool/echo', why: 'echo is paused: tests', since: start };
const inDoubt: Fact = { kind: 'doubted', run: 1, why: 'RunTask timed out' };
const passed: Fact = { kind: 'timePassed' };
const missing = (run: number): Fact => ({ kind: 'missing', run, ecsTaskArn: arnOf(run) });

const { payload: _body, ...withoutBody } = rejectionNamed();

const queued = rowAfter([0, submitted()]);
const blind = rowAfter([0, { kind: 'submitted', submission: submissionOf() }]);
const launching = onward(queued, [0, launchDecided]);
const starting = onward(launching, [second, { kind: 'accepted', run: 1, ecsTaskArn: arnOf(1) }]);
const running = onward(starting, [30 * second, seen(1)], carriedOut);
const delayed = onward(running, [minute, stopped(1, exit(75))], carriedOut);
const doubted = onward(launching, [2 * second, inDoubt]);
const failed = onward(running, [minute, stopped(1, exit(64))], carriedOut);

/** Rows that a history can reach, by their names in `docs/states.md`; the phase comes first. */
export const samples = {
  'no row': undefined,
  QUEUED: queued,
  'QUEUED, held': onward(queued, [0, { kind: 'held', run: 1, hold }], carriedOut),
  'QUEUED, held by a gate': onward(
    queued,
    [0, { kind: 'held', run: 1, hold: gateHold }],
    carriedOut,
  ),
  'QUEUED, its spec not known': blind,
  'QUEUED, rung': onward(queued, [0, { kind: 'held', run: 1, hold }], [minute, passed], carriedOut),
  'QUEUED, delayed after exit 75': delayed,
  'QUEUED, no capacity': onward(
    launching,
    [second, { kind: 'launchRefused', run: 1, cause: 'capacity', why: noCapacity }],
    carriedOut,
  ),
  LAUNCHING: launching,
  'LAUNCHING, in doubt': doubted,
  'LAUNCHING, being cancelled': onward(doubted, [second, cancel]),
  'LAUNCHING, past startWithin': onward(doubted, [24 * hour, passed]),
  'LAUNCHING, missing': onward(doubted, [46 * minute, missing(1)]),
  'LAUNCHING, being cancelled, missing': onward(
    launching,
    [second, cancel],
    [46 * minute, missing(1)],
  ),
  STARTING: starting,
  'STARTING, being cancelled': onward(starting, [second, cancel], carriedOut),
  'STARTING, past startTimeout': onward(starting, [15 * minute, passed], carriedOut),
  'STARTING, past startWithin': onward(starting, [24 * hour, passed], carriedOut),
  'STARTING, missing': onward(starting, [minute, missing(1)]),
  'STARTING, being cancelled, missing': onward(starting, [second, cancel], carriedOut, [
    minute,
    missing(1),
  ]),
  RUNNING: running,
  'RUNNING, being cancelled': onward(running, [second, cancel], carriedOut),
  'RUNNING, past timeout': onward(running, [hour, passed], carriedOut),
  'RUNNING, missing': onward(running, [minute, missing(1)]),
  'RUNNING, being cancelled, missing': onward(running, [second, cancel], carriedOut, [
    minute,
    missing(1),
  ]),
  'RUNNING, past timeout, missing': onward(running, [hour, passed], carriedOut, [
    minute,
    missing(1),
  ]),
  SUCCEEDED: onward(running, [minute, stopped(1, exit(0))], carriedOut),
  'SUCCEEDED, not announced yet': onward(running, [minute, stopped(1, exit(0))], counted),
  FAILED: failed,
  'FAILED, never run': onward(queued, [0, { kind: 'held', run: 1, hold }], carriedOut, [
    24 * hour,
    passed,
  ]),
  CANCELLED: onward(
    running,
    [second, cancel],
    [
      second,
      stopped(1, { stopCode: 'UserInitiated', stoppedReason: 'no longer wanted', exitCode: 143 }),
    ],
    carriedOut,
  ),
  'CANCELLED, before its message': rowAfter([0, cancel]),
  'CANCELLED, taken over by its message': rowAfter([0, cancel], [second, submitted()], carriedOut),
  REJECTED: rowAfter([0, { kind: 'rejected', rejection: rejectionNamed() }], carriedOut),
  'REJECTED, without a body': rowAfter(
    [0, { kind: 'rejected', rejection: withoutBody }],
    carriedOut,
  ),
  'QUEUED, redriven': onward(failed, [
    hour,
    { kind: 'redriveAsked', startWithinMs: 24 * hour, submission: submissionOf() },
  ]),
} satisfies Readonly<Record<string, Task | undefined>>;

/** Every sample with its name. */
export const everySample: readonly (readonly [string, Task | undefined])[] = Object.entries<
  Task | undefined
>(samples);
