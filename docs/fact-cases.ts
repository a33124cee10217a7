import { due } from '../shared/core/due.ts';
import type { Fact } from '../shared/core/fact.ts';
import type { Task } from '../shared/core/task.ts';
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
  stoppedByUser,
  submissionOf,
  submitted,
} from '../test/kit/facts.ts';

/** A fact with its name in `docs/states.md`, and the time at which it is applied to a row. */
export interface FactCase {
  readonly name: string;
  readonly at: (task: Task | undefined) => number;
  readonly fact: (task: Task | undefined, now: number) => Fact;
}

const soon = (task: Task | undefined): number => (task?.updatedAt ?? start) + second;
const whenDue = (task: Task | undefined): number =>
  Math.max(soon(task), (task && due(task)?.at) ?? 0);
const whenLost = (task: Task | undefined): number =>
  task && 'missingSince' in task && task.missingSince !== undefined
    ? task.missingSince + 5 * minute
    : soon(task);

const runOf = (task: Task | undefined): number => task?.run ?? 1;
const about = (
  name: string,
  fact: (task: Task | undefined, now: number) => Fact,
  at: FactCase['at'] = soon,
): FactCase => ({ name, fact, at });
const stops = (name: string, stop: Parameters<typeof stopped>[1]): FactCase =>
  about(`seen stopped: ${name}`, (task) => stopped(runOf(task), stop, { ecsVersion: 9 }));
const refuses = (cause: 'capacity' | 'release' | 'deployment'): FactCase =>
  about(`launch refused: ${cause}`, (task) => ({
    kind: 'launchRefused',
    run: runOf(task),
    cause,
    why: noCapacity,
    isOfToken: true,
  }));

/** Every kind of fact, in several variants where the variant matters. */
export const factCases: readonly FactCase[] = [
  about('submitted', () => submitted()),
  about('rejected', () => ({ kind: 'rejected', rejection: rejectionNamed() })),
  about('held', (task, now) => ({
    kind: 'held',
    run: runOf(task),
    hold: { by: 'tool/echo', why: 'echo is paused', since: now },
    startWithinMs: 24 * hour,
  })),
  about('objected', (task) => ({
    kind: 'objected',
    run: runOf(task),
    reason: 'there is no such tool',
  })),
  about('launch decided', launchDecided),
  about('launch decided, when due', launchDecided, whenDue),
  about('accepted', (task) => ({
    kind: 'accepted',
    run: runOf(task),
    ecsTaskArn: arnOf(runOf(task)),
  })),
  about('doubted', (task) => ({ kind: 'doubted', run: runOf(task), why: 'RunTask timed out' })),
  refuses('capacity'),
  refuses('release'),
  refuses('deployment'),
  about('launch refused: one of its calls', (task) => ({
    kind: 'launchRefused',
    run: runOf(task),
    cause: 'deployment',
    why: noCapacity,
  })),
  about('seen starting', (task) => seen(runOf(task), { status: 'starting', ecsVersion: 9 })),
  about('seen running', (task) => seen(runOf(task), { ecsVersion: 9 })),
  about('seen running, an older sighting', (task) => seen(runOf(task), { ecsVersion: 0 })),
  about('seen running, a second container', (task) =>
    seen(runOf(task), { ecsTaskArn: arnOf(runOf(task), 'b'), ecsVersion: 9 }),
  ),
  about('seen running, an earlier run', (task) =>
    seen(runOf(task) - 1, { ecsTaskArn: arnOf(0, 'c'), ecsVersion: 9 }),
  ),
  about('seen running, a later run', (task) => seen(runOf(task) + 1)),
  stops('exit 0', exit(0)),
  stops('exit 75', exit(75)),
  stops('exit 64', exit(64)),
  stops('by StopTask', stoppedByUser),
  stops('Spot took it back', { stopCode: 'SpotInterruption', exitCode: 143 }),
  stops('failed to start', { stopCode: 'TaskFailedToStart', stoppedReason: 'InternalError' }),
  about('missing', (task) => ({
    kind: 'missing',
    run: runOf(task),
    ecsTaskArn: arnOf(runOf(task)),
  })),
  about(
    'missing, five minutes later',
    (task) => ({ kind: 'missing', run: runOf(task), ecsTaskArn: arnOf(runOf(task)) }),
    whenLost,
  ),
  about('gate opened', () => ({ kind: 'gateOpened', by: 'tool/echo' })),
  about('time passed, not due', () => ({ kind: 'timePassed' })),
  about('time passed, when due', () => ({ kind: 'timePassed' }), whenDue),
  about(
    'time passed, past startWithin',
    () => ({ kind: 'timePassed' }),
    (task) => task?.startBy ?? start,
  ),
  about('cancel asked', () => ({ kind: 'cancelAsked', taskId: 'film-1' })),
  about('redrive asked', () => ({
    kind: 'redriveAsked',
    startWithinMs: minute,
    submission: submissionOf(),
  })),
  about('result read', (task) => ({ kind: 'resultRead', run: runOf(task), result: '{}' })),
  about('last lines read', (task) => ({
    kind: 'logEndRead',
    run: task?.runs.at(-1)?.run ?? 1,
    logTail: 'no such codec',
  })),
  about('carried out', (task) => ({
    kind: 'carriedOut',
    ids: (task?.outbox ?? []).map(({ id }) => id),
  })),
  about('deferred', () => ({ kind: 'deferred', what: 'row', why: 'ECS could not be reached' })),
];
