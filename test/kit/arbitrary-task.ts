import fc from 'fast-check';
import type { Task } from '../../shared/core/task.ts';
import { count, effect, endpoint, sentence, time } from './arbitrary-effect.ts';
import {
  doubt,
  hold,
  launchOrder,
  repliesGivenUp,
  runRecord,
  short,
  size,
  stopping,
  waitingNotice,
} from './arbitrary-parts.ts';
import { arn, partly, placement, releaseOf, version } from './arbitrary-spec.ts';

// The task id of the facts, so that they belong to this task.
const tool = 'echo';

const payload = fc.uint8Array({ maxLength: 200 });

const common = {
  taskId: fc.stringMatching(/^[A-Za-z0-9_-]{1,100}$/),
  digest: fc.stringMatching(/^[0-9a-f]{64}$/),
  payloadBytes: count,
  tenant: fc.stringMatching(/^[A-Za-z0-9_.@-]{1,20}$/),
  priority: fc.nat({ max: 9 }),
  run: count,
  attempts: count,
  reclaims: count,
  runs: fc.array(runRecord, { maxLength: 3 }),
  createdAt: time,
  queuedAt: time,
  updatedAt: time,
  startBy: time,
  revision: count,
  outbox: fc.array(effect, { maxLength: 3 }),
  setbacks: count,
};

const asked = partly({
  replyTo: short,
  correlationId: short,
  messageProperties: sentence,
  askedVersion: version,
  askedCpu: size,
  askedMemoryMiB: size,
  askedTimeoutMs: fc.integer({ min: 1_000, max: 1_209_600_000 }),
  askedNotBefore: time,
  groupName: fc.stringMatching(/^[A-Za-z0-9_.@-]{1,20}$/),
  outboxSince: time,
  outboxTrouble: fc.record({ id: fc.uuid(), why: sentence }),
  eventsDropped: partly({ event: count, reply: count }),
  repliesGivenUp,
  logTail: sentence,
  logTailMissing: sentence,
  logTailRun: fc.integer({ min: 1, max: 9 }),
  deferredUntil: time,
});

const launchable = { ...common, tool: fc.constant(tool), payload, memoryDoubled: fc.boolean() };
const launchOption = partly({ release: releaseOf(tool), place: short, waitingNotice });
const currentOption = partly({
  result: sentence,
  resultAt: time,
  resultMissing: sentence,
  place: short,
  waitingNotice,
  missingSince: time,
  stopping,
});
const current = { ...launchable, release: releaseOf(tool), placement };
const accepted = { ...current, ecsTaskArn: arn, ecsVersion: count, acceptedAt: time };

const merged = <A extends object, B extends object, C extends object>(
  parts: fc.Arbitrary<[A, B, C]>,
) => parts.map(([a, b, c]) => ({ ...a, ...b, ...c }));

const queued = merged(
  fc.tuple(
    fc.record({ ...launchable, phase: fc.constant('QUEUED' as const), rings: count }),
    asked,
    fc
      .tuple(
        launchOption,
        partly({
          hold,
          notBefore: time,
          rungAt: time,
          startByProvisional: fc.constant(true as const),
        }),
      )
      .map(([one, other]) => ({ ...one, ...other })),
  ),
);
const launching = merged(
  fc.tuple(
    fc.record({ ...current, phase: fc.constant('LAUNCHING' as const), launchOrder }),
    asked,
    fc.tuple(currentOption, partly({ doubt })).map(([one, other]) => ({ ...one, ...other })),
  ),
);
const starting = merged(
  fc.tuple(
    fc.record({ ...accepted, phase: fc.constant('STARTING' as const) }),
    asked,
    currentOption,
  ),
);
const running = merged(
  fc.tuple(
    fc.record({ ...accepted, phase: fc.constant('RUNNING' as const), startedAt: time }),
    asked,
    fc.tuple(currentOption, partly({ endpoint })).map(([one, other]) => ({ ...one, ...other })),
  ),
);
const ended = merged(
  fc.tuple(
    fc.record({
      ...common,
      phase: fc.constantFrom('SUCCEEDED', 'FAILED', 'CANCELLED', 'REJECTED'),
      endedAt: time,
      outcome: sentence,
    }),
    asked,
    fc.oneof(
      fc.record({ tombstone: fc.constant(true as const) }),
      fc
        .tuple(
          fc.record({ tool: fc.constant(tool) }),
          partly({
            payload,
            release: releaseOf(tool),
            placement,
            ecsTaskArn: arn,
            ecsVersion: count,
            startedAt: time,
            exitCode: fc.nat({ max: 255 }),
            reason: sentence,
            result: sentence,
            resultAt: time,
            resultMissing: sentence,
          }),
        )
        .map(([one, other]) => ({ ...one, ...other })),
    ),
  ),
);

/** Any task that the core's types allow. */
export const anyTask: fc.Arbitrary<Task> = fc.oneof(queued, launching, starting, running, ended);
