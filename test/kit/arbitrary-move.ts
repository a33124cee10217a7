import fc from 'fast-check';
import type { Fact, StopEvidence } from '../../shared/core/fact.ts';
import type { Placement } from '../../shared/core/tool.ts';
import { partly } from './arbitrary-spec.ts';
import { hour, minute, noCapacity, second } from './facts.ts';

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
