import fc from 'fast-check';
import type { Effect, EventBody } from '../../shared/core/effect.ts';
import { arn, partly, placement, version } from './arbitrary-spec.ts';

/** Epoch milliseconds, no further apart than the times of one row may be. */
export const time = fc.integer({ min: Date.UTC(2026, 10, 1), max: Date.UTC(2026, 11, 1) });
export const sentence = fc.string({ maxLength: 80, unit: 'grapheme' });
export const count = fc.nat({ max: 1000 });
export const endpoint = fc.record({
  host: fc.ipV4(),
  port: fc.integer({ min: 1, max: 65_535 }),
  protocol: fc.constantFrom('tcp', 'http'),
});

const body: fc.Arbitrary<EventBody> = fc
  .tuple(
    fc.record({ run: count, attempts: count, tenant: fc.constantFrom('default', 'a@b.c') }),
    partly({
      tool: fc.constantFrom('echo', 'transcoder'),
      version,
      placement,
      exitCode: fc.nat({ max: 255 }),
      outcome: sentence,
      reason: sentence,
      endpoint,
      dropped: count,
    }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

const waitingBody: fc.Arbitrary<EventBody> = fc
  .tuple(
    body,
    fc.record({ cause: fc.constantFrom('paused', 'noCapacity') }),
    partly({ askedAgainAt: time }),
  )
  .map(([about, cause, again]) => ({ ...about, ...cause, ...again }));

const named = { id: fc.uuid(), run: count };

const notify = fc
  .tuple(
    fc.record({
      kind: fc.constant('notify' as const),
      ...named,
      to: fc.constantFrom('event', 'reply', 'bus'),
      what: fc.constantFrom('running', 'succeeded', 'failed', 'cancelled', 'requeued', 'rejected'),
      at: time,
      sequence: count,
      body,
    }),
    partly({ notBefore: time }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

const waiting = fc
  .tuple(
    fc.record({
      kind: fc.constant('notify' as const),
      ...named,
      to: fc.constantFrom('event', 'reply'),
      what: fc.constant('waiting' as const),
      at: time,
      sequence: count,
      body: waitingBody,
    }),
    partly({ notBefore: time }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

const counted = fc
  .tuple(
    fc.record({
      kind: fc.constant('count' as const),
      ...named,
      tool: fc.constantFrom('echo', 'transcoder'),
      version,
      definition: arn,
      saw: fc.constantFrom('failedStart', 'start', 'success'),
      at: time,
    }),
    partly({ why: sentence }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

/** Any effect that an outbox can hold. */
export const effect: fc.Arbitrary<Effect> = fc.oneof(
  fc.record({ kind: fc.constant('doorbell' as const), ...named }),
  fc.record({ kind: fc.constant('free' as const), ...named, limit: fc.string({ maxLength: 80 }) }),
  fc.record({ kind: fc.constant('dead' as const), ...named, reason: sentence }),
  fc.record({ kind: fc.constant('stop' as const), ...named, ecsTaskArn: arn, why: sentence }),
  notify,
  waiting,
  counted,
);
