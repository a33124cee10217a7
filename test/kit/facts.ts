import { createHash } from 'node:crypto';
import type { Fact, Sighting, StopEvidence } from '../../shared/core/fact.ts';
import { launchOrder } from '../../shared/core/launch-order.ts';
import type { Rejection, Submission } from '../../shared/core/request.ts';
import type { Queued, Task } from '../../shared/core/task.ts';
import type { Placement, Release, ToolSpec } from '../../shared/core/tool.ts';
import type { SparingPace } from '../../shared/ports/call-pace.ts';
import { cluster, echoSpec, site } from './site.ts';

/** When the sample tasks are submitted: 2026-11-24T14:00:00Z. */
export const start = Date.UTC(2026, 10, 24, 14);
export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Spot first, then on demand; the result is not waited for. */
export const sampleSpec: ToolSpec = {
  ...echoSpec,
  placements: ['cpu-spot', 'cpu'],
  result: false,
};

/** A version of echo that can be launched on Fargate. */
export const releaseNamed = (version: string, spec: Partial<ToolSpec> = {}): Release => ({
  tool: 'echo',
  version,
  definitions: {
    fargate: `arn:aws:ecs:eu-central-1:123456789012:task-definition/davit_test_echo_${version.replaceAll('.', '_')}_fargate:1`,
  },
  spec: { ...sampleSpec, ...spec },
});

/** A message as it is delivered; the digest is that of its body. */
export const submissionOf = (
  taskId = 'film-1',
  { input = '{}', ...rest }: Partial<Submission> & { readonly input?: string } = {},
): Submission => {
  const body = `{"tool":"echo","input":${input}}`;
  const payload = new TextEncoder().encode(body);
  return {
    taskId,
    digest: sha256(body),
    strangerId: `x-${sha256(`${taskId} ${body}`)}`,
    payload,
    payloadBytes: payload.length,
    priority: 0,
    replyTo: 'reply.web',
    request: { tool: 'echo', input, tenant: 'default' },
    ...rest,
  };
};

/** A message that can never be a task. */
export const rejectionNamed = (taskId = 'film-1', reason = 'the body is not JSON'): Rejection => ({
  taskId,
  digest: sha256(`rejected ${taskId}`),
  strangerId: `x-${sha256(`rejected ${taskId} too`)}`,
  payloadBytes: 7,
  payload: new TextEncoder().encode('rubbish'),
  priority: 0,
  replyTo: 'reply.web',
  reason,
});

/** The ARN of the ECS task that a run was first seen as; another letter is a second one of the same run. */
export const arnOf = (run: number, letter = 'a'): string =>
  `arn:aws:ecs:eu-central-1:123456789012:task/${cluster}/${letter.repeat(28)}${String(run).padStart(4, '0')}`;

export const submitted = (submission = submissionOf()): Fact => ({
  kind: 'submitted',
  submission,
  startWithinMs: sampleSpec.startWithinMs,
});

interface LaunchOptions {
  readonly release?: Release;
  readonly placement?: Placement;
  readonly place?: string;
}

/** The decision to launch the row's run, with the order that dispatch would make. */
export const launchDecided = (
  task: Task | undefined,
  now: number,
  { release = releaseNamed('1.0.0'), placement = 'cpu-spot', place }: LaunchOptions = {},
): Fact & { kind: 'launchDecided' } => {
  const queued: Queued = task?.phase === 'QUEUED' ? task : someQueued(task?.run ?? 1);
  const choice = { release, placement, input: '{}', site, now, sha256 };
  const order = launchOrder(queued, choice);
  if (!order) throw new Error(`the sample release has nothing for ${placement}`);
  const kept = place === undefined ? {} : { place };
  return {
    kind: 'launchDecided',
    run: queued.run,
    release,
    placement,
    order,
    startWithinMs: release.spec.startWithinMs,
    ...kept,
  };
};

/** A sighting of the ECS task of a run. */
export const seen = (run: number, sighting: Partial<Sighting> = {}): Fact & { kind: 'seen' } => ({
  kind: 'seen',
  run,
  sighting: { ecsTaskArn: arnOf(run), ecsVersion: 3, status: 'running', ...sighting },
});

/** The ECS task of a run was seen stopped. */
export const stopped = (run: number, stop: StopEvidence, sighting: Partial<Sighting> = {}): Fact =>
  seen(run, { ecsVersion: 6, status: 'stopped', stop, ...sighting });

export const exit = (exitCode: number): StopEvidence => ({
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  exitCode,
});

export const stoppedByUser: StopEvidence = {
  stopCode: 'UserInitiated',
  stoppedReason: 'cancelled',
  exitCode: 143,
};

export const noCapacity = 'Capacity is unavailable at this time. Please try again later';

const someQueued = (run: number): Queued => ({
  phase: 'QUEUED',
  taskId: 'film-1',
  digest: '',
  payload: new Uint8Array(),
  payloadBytes: 0,
  tenant: 'default',
  priority: 0,
  tool: 'echo',
  run,
  attempts: 0,
  reclaims: 0,
  runs: [],
  createdAt: start,
  queuedAt: start,
  updatedAt: start,
  startBy: start + 24 * hour,
  revision: 1,
  outbox: [],
  setbacks: 0,
  memoryDoubled: false,
  rings: 0,
});

/** A pace that lets every call through at once. */
export const freePace: SparingPace = {
  next: async () => {},
  slowDown: () => {},
  spares: () => true,
};
