import fc from 'fast-check';
import type { Fact, StopEvidence } from '../../shared/core/fact.ts';
import { step } from '../../shared/core/step.ts';
import type { Task } from '../../shared/core/task.ts';
import type { Placement } from '../../shared/core/tool.ts';
import { partly } from './arbitrary-spec.ts';
import {
  arnOf,
  hour,
  launchDecided,
  minute,
  noCapacity,
  rejectionNamed,
  releaseNamed,
  second,
  start,
  submissionOf,
} from './facts.ts';

/** Stop codes that ECS documents (facts § 3.3), and one that it does not. */
const stopCodes = [
  'EssentialContainerExited',
  'UserInitiated',
  'TaskFailedToStart',
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
  'ServiceSchedulerInitiated',
  'SomethingNew',
] as const;

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const stop: fc.Arbitrary<StopEvidence> = partly({
  stopCode: fc.constantFrom(...stopCodes),
  exitCode: fc.constantFrom(0, 0, 1, 64, 75, 137, 143),
  stoppedReason: fc.constantFrom(noCapacity, 'RESOURCE:MEMORY', 'no reason to speak of'),
  containerReason: fc.constantFrom(
    'OutOfMemoryError: Container killed due to memory usage',
    'CannotPullContainerError: pull access denied',
  ),
});

/** A fact as a history writes it: runs count from the row's own, and ECS tasks have letters. */
export interface Move {
  readonly kind: Fact['kind'];
  /** 0: the row's run; −1: the one before; 1: the one after. */
  readonly offset: number;
  /** `a` is the ECS task that most facts of a run are about. */
  readonly letter: string;
  readonly ecsVersion: number;
  readonly status: 'starting' | 'running' | 'stopped';
  readonly stop: StopEvidence;
  readonly startedAgoMs: number | undefined;
  readonly hasEndpoint: boolean;
  readonly cause: 'capacity' | 'release' | 'deployment';
  readonly version: string;
  readonly placement: Placement;
  readonly place: string | undefined;
  readonly which: number;
  /** Since the previous fact. */
  readonly afterMs: number;
}

// The facts that lead to an end are more frequent than the others, so that histories reach it.
const kinds: readonly Fact['kind'][] = [
  'submitted',
  'submitted',
  'launchDecided',
  'launchDecided',
  'launchDecided',
  'launchDecided',
  'accepted',
  'accepted',
  'accepted',
  'seen',
  'seen',
  'seen',
  'seen',
  'seen',
  'seen',
  'rejected',
  'held',
  'objected',
  'doubted',
  'launchRefused',
  'missing',
  'missing',
  'timePassed',
  'timePassed',
  'timePassed',
  'gateOpened',
  'cancelAsked',
  'redriveAsked',
  'resultRead',
  'logEndRead',
  'carriedOut',
  'carriedOut',
  'deferred',
];

/** One fact, and how long after the last one. */
export const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom(...kinds),
  offset: fc.constantFrom(0, 0, 0, 0, 0, -1, 1),
  letter: fc.constantFrom('a', 'a', 'a', 'b'),
  ecsVersion: fc.integer({ min: 0, max: 7 }),
  status: fc.constantFrom('starting', 'running', 'stopped'),
  stop,
  startedAgoMs: maybe(fc.constantFrom(second, minute)),
  hasEndpoint: fc.boolean(),
  cause: fc.constantFrom('capacity', 'release', 'deployment'),
  version: fc.constantFrom('1.0.0', '1.1.0'),
  placement: fc.constantFrom('cpu-spot', 'cpu'),
  place: maybe(fc.constant('limit/echo')),
  which: fc.nat({ max: 9 }),
  afterMs: fc.constantFrom(
    0,
    second,
    30 * second,
    minute,
    6 * minute,
    20 * minute,
    hour,
    25 * hour,
  ),
});

/** Facts in the order in which they are applied. */
export const moves: fc.Arbitrary<readonly Move[]> = fc.array(move, {
  maxLength: 60,
  size: 'max',
});

/** The fact of a move, applied to this row at this time. */
export const factOf = (move: Move, task: Task | undefined, now: number): Fact => {
  const run = Math.max(1, (task?.run ?? 1) + move.offset);
  const ecsTaskArn = arnOf(run, move.letter);
  switch (move.kind) {
    case 'submitted':
      return { kind: 'submitted', submission: submissionOf(), ...withinOf(move) };
    case 'rejected':
      return { kind: 'rejected', rejection: rejectionNamed() };
    case 'held':
      return {
        kind: 'held',
        run,
        hold: { by: 'tool/echo', why: 'echo is paused', since: now },
        ...withinOf(move),
      };
    case 'objected':
      return { kind: 'objected', run, reason: 'there is no tool "echo"' };
    case 'launchDecided':
      return decided(move, task, now, run);
    case 'accepted':
      return { kind: 'accepted', run, ecsTaskArn };
    case 'doubted':
      return { kind: 'doubted', run, why: 'RunTask timed out' };
    case 'launchRefused':
      return {
        kind: 'launchRefused',
        run,
        cause: move.cause,
        why: 'ECS says no',
        ...(move.which % 2 === 0 ? { isOfToken: true } : {}),
      };
    case 'seen':
      return { kind: 'seen', run, sighting: sightingOf(move, ecsTaskArn, now) };
    case 'missing':
      return { kind: 'missing', run, ecsTaskArn };
    case 'timePassed':
      return { kind: 'timePassed' };
    case 'gateOpened':
      return gateOf(move);
    case 'cancelAsked':
      return { kind: 'cancelAsked', taskId: 'film-1' };
    case 'redriveAsked':
      return {
        kind: 'redriveAsked',
        submission: submissionOf(),
        ...withinOf(move),
        ...(move.which % 3 === 1 ? { rungLater: true } : {}),
        ...(move.which % 3 === 2 ? { sameVersion: true, run: task?.run ?? 1 } : {}),
      };
    case 'resultRead':
      return { kind: 'resultRead', run, result: '{"frames":240}' };
    case 'logEndRead':
      return { kind: 'logEndRead', run, logTail: 'no such codec' };
    case 'carriedOut':
      return { kind: 'carriedOut', ids: someIds(move, task) };
    case 'deferred':
      return deferredOf(move, task);
  }
};

const gateOf = ({ which, placement }: Move): Fact => ({
  kind: 'gateOpened',
  by: which < 5 ? 'tool/echo' : `placement/${placement}`,
});

const deferredOf = (move: Move, task: Task | undefined): Fact =>
  move.which < 5
    ? { kind: 'deferred', what: 'row', why: 'ECS could not be reached' }
    : { kind: 'deferred', what: 'outbox', failures: someIds(move, task).map(refusedId) };

/** One step of a history: the row before, the fact, the answer of the step function. */
export interface AppliedFact {
  readonly before: Task | undefined;
  readonly fact: Fact;
  readonly now: number;
  readonly answer: ReturnType<typeof step>;
  readonly task: Task | undefined;
}

/** Applies a history from the beginning, and returns every step. */
export const applyAll = (history: readonly Move[]): readonly AppliedFact[] => {
  const applied: AppliedFact[] = [];
  let [task, now]: [Task | undefined, number] = [undefined, start];
  for (const next of history) {
    now += next.afterMs;
    const fact = factOf(next, task, now);
    const answer = step(task, fact, now);
    const before = task;
    if (answer.kind === 'moved') task = answer.task;
    applied.push({ before, fact, now, answer, task });
  }
  return applied;
};

// The limit of the spec, or none when SSM could not be reached.
const withinOf = ({ which }: Move): { readonly startWithinMs?: number } =>
  which < 4 ? {} : { startWithinMs: which < 7 ? 24 * hour : hour };

const decided = (move: Move, task: Task | undefined, now: number, run: number): Fact => ({
  ...withinOf(move),
  ...launchDecided(task, now, {
    release: releaseNamed(move.version),
    placement: move.placement,
    ...(move.place === undefined ? {} : { place: move.place }),
  }),
  run,
});

const sightingOf = (
  { ecsVersion, status, stop: evidence, startedAgoMs, hasEndpoint }: Move,
  ecsTaskArn: string,
  now: number,
) => ({
  ecsTaskArn,
  ecsVersion,
  status,
  ...(startedAgoMs === undefined || status === 'starting' ? {} : { startedAt: now - startedAgoMs }),
  ...(hasEndpoint && status === 'running'
    ? { endpoint: { host: '10.0.0.7', port: 8080, protocol: 'tcp' } }
    : {}),
  ...(status === 'stopped' ? { stop: evidence } : {}),
});

// One effect, or all of them.
const someIds = ({ which }: Move, task: Task | undefined): readonly string[] => {
  const ids = (task?.outbox ?? []).map((effect) => effect.id);
  return which < 5 ? ids : ids.slice(which % 3, (which % 3) + 1);
};

const refusedId = (id: string) => ({ id, why: 'RabbitMQ refused the message' });
