import type { RunRecord } from '../../shared/core/run-record.ts';
import type { Ended, Queued, Running, Starting } from '../../shared/core/task.ts';
import type { Release } from '../../shared/core/tool.ts';

/** 2026-11-24T04:12:00Z, the time at which these tests begin. */
export const start = Date.UTC(2026, 10, 24, 4, 12, 0);
/** The time that many seconds after the start. */
export const at = (seconds: number): number => start + seconds * 1_000;

export const release: Release = {
  tool: 'transcoder',
  version: '1.0.0',
  definitions: {
    fargate:
      'arn:aws:ecs:eu-central-1:123456789012:task-definition/davit_test_transcoder_1_0_0_fargate:1',
  },
  spec: {
    image: 'transcoder',
    cpu: 1024,
    memoryMiB: 2048,
    maxCpu: 4096,
    maxMemoryMiB: 8192,
    placements: ['cpu'],
    timeoutMs: 3_600_000,
    startTimeoutMs: 900_000,
    startWithinMs: 86_400_000,
    attempts: 3,
    delaysMs: [10_000],
    reclaims: 5,
    stopTimeoutS: 30,
    exitCodes: {},
    doubleMemory: false,
    result: true,
  },
};

const arn = (id: string): string => `arn:aws:ecs:eu-central-1:123456789012:task/davit-local/${id}`;

const body = new TextEncoder().encode(
  '{"tool":"transcoder","input":{"size":12345678901234567890}}',
);

const common = {
  taskId: 'film-42',
  digest: 'd1',
  payload: body,
  payloadBytes: body.byteLength,
  tenant: 'default',
  priority: 0,
  tool: 'transcoder',
  run: 1,
  attempts: 0,
  reclaims: 0,
  runs: [],
  createdAt: start,
  queuedAt: start,
  updatedAt: start,
  startBy: at(86_400),
  revision: 1,
  outbox: [],
  setbacks: 0,
  memoryDoubled: false,
};

export const queued = (over: Partial<Queued> = {}): Queued => ({
  ...common,
  phase: 'QUEUED',
  rings: 0,
  ...over,
});

const accepted = {
  ...common,
  release,
  placement: 'cpu' as const,
  ecsTaskArn: arn('0123456789abcdef0123456789abcdef'),
  ecsVersion: 1,
  acceptedAt: at(2),
};

export const starting = (over: Partial<Starting> = {}): Starting => ({
  ...accepted,
  phase: 'STARTING',
  revision: 3,
  ...over,
});

export const running = (over: Partial<Running> = {}): Running => ({
  ...accepted,
  phase: 'RUNNING',
  startedAt: at(4),
  revision: 4,
  ...over,
});

export const runRecord = (over: Partial<RunRecord> = {}): RunRecord => ({
  run: 1,
  placement: 'cpu',
  version: '1.0.0',
  verdict: 'succeeded',
  why: 'exit 0',
  endedAt: at(20),
  ecsTaskArn: accepted.ecsTaskArn,
  startedAt: at(4),
  exitCode: 0,
  ...over,
});

export const ended = (over: Partial<Ended> = {}): Ended => {
  const { memoryDoubled: _memoryDoubled, ...row } = common;
  return {
    ...row,
    phase: 'SUCCEEDED',
    release,
    placement: 'cpu',
    ecsTaskArn: accepted.ecsTaskArn,
    startedAt: at(4),
    endedAt: at(20),
    updatedAt: at(20),
    exitCode: 0,
    outcome: 'succeeded',
    runs: [runRecord()],
    revision: 6,
    ...over,
  };
};
