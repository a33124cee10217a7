import fc from 'fast-check';
import type { RunRecord } from '../../shared/core/run-record.ts';
import { count, sentence, time } from './arbitrary-effect.ts';
import { arn, partly, placement, version } from './arbitrary-spec.ts';

// The columns of a row that are objects, and the texts of them.

// Texts that AMQP and ECS limit to a number of bytes.
export const short = fc.string({ maxLength: 80 });
const name = fc.string({ minLength: 1, maxLength: 80 });
export const size = fc.integer({ min: 1, max: 122_880 });

export const runRecord: fc.Arbitrary<RunRecord> = fc
  .tuple(
    fc.record({
      run: count,
      placement,
      version,
      verdict: fc.constantFrom(
        'succeeded',
        'tool',
        'outOfMemory',
        'reclaimed',
        'platform',
        'capacity',
        'release',
        'deployment',
        'startTimeout',
        'timeout',
        'cancelled',
        'vanished',
      ),
      why: sentence,
      endedAt: time,
    }),
    partly({ ecsTaskArn: arn, startedAt: time, exitCode: fc.nat({ max: 255 }) }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

export const waitingNotice = fc
  .tuple(
    fc.record({ cause: fc.constantFrom('paused', 'noCapacity'), at: time, times: count }),
    partly({ before: fc.constant('paused') }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

export const hold = fc
  .tuple(
    fc.record({
      by: fc.constantFrom('limit/transcoder', 'placement/cpu'),
      why: sentence,
      since: time,
    }),
    partly({ opensAt: time, cause: fc.constantFrom('limit', 'noCapacity') }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

export const stopping = fc
  .tuple(
    fc.record({
      why: fc.constantFrom('cancel', 'timeout', 'startTimeout', 'startWithin'),
      at: time,
      askedAt: time,
    }),
    partly({ reason: sentence }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

export const doubt = fc.record({ why: sentence, at: time, times: count });

export const repliesGivenUp = fc.record({
  count,
  what: fc.constantFrom('running', 'succeeded'),
  queue: short,
  why: sentence,
  at: time,
});

export const launchOrder = fc
  .tuple(
    fc.record({
      cluster: name,
      taskDefinition: arn,
      capacityProvider: fc.constantFrom('FARGATE', 'FARGATE_SPOT'),
      subnets: fc.array(short, { maxLength: 2 }),
      securityGroups: fc.array(short, { maxLength: 2 }),
      assignPublicIp: fc.boolean(),
      environment: fc.record({ DAVIT_INPUT: fc.json(), DAVIT_RUN: sentence }),
      startedBy: name,
      clientToken: name,
      intendedAt: time,
    }),
    partly({ cpu: size, memoryMiB: size, command: fc.array(sentence, { maxLength: 2 }) }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));
