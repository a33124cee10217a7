import * as v from 'valibot';
import type { Sighting, StopEvidence } from '../core/fact.ts';
import { containerName } from '../core/launch-order.ts';
import { clipped } from '../core/outbox.ts';
import { present } from '../core/present.ts';
import { textIn, wholeIn } from './bounded.ts';
import { counted, exitStatus, lengths, times } from './ranges.ts';

const mostWords = 2_000;

/** An event has ISO texts, the SDK has Dates, the JSON protocol has epoch seconds. */
const time = v.pipe(
  v.union([
    v.pipe(
      v.date(),
      v.transform((date) => date.getTime()),
    ),
    v.pipe(
      v.number(),
      v.transform((seconds) => Math.round(seconds * 1000)),
    ),
    v.pipe(
      v.string(),
      v.transform((text) => Date.parse(text)),
      v.number(),
    ),
  ]),
  v.minValue(times.least),
  v.maxValue(times.most),
);

/** Of a longer one its beginning: what ECS says has a thousand characters at most (ECS API, StopTask), and a row keeps it. */
const words = v.pipe(
  v.string(),
  v.transform((text) => clipped(text, mostWords)),
);

/** A part that came in another shape than AWS documents counts as not said: a whole event is not lost for it. */
const lenient = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.fallback(v.optional(schema), undefined);

const container = v.object({
  name: v.string(),
  exitCode: lenient(wholeIn(exitStatus)),
  reason: lenient(words),
});

const ecsTask = v.object({
  taskArn: textIn(lengths.arn),
  lastStatus: v.string(),
  version: wholeIn(counted),
  taskDefinitionArn: lenient(v.string()),
  startedBy: lenient(v.string()),
  createdAt: lenient(time),
  startedAt: lenient(time),
  stopCode: lenient(words),
  stoppedReason: lenient(words),
  containers: v.fallback(v.array(v.fallback(v.nullable(container), null)), []),
});

/** A sighting with what DescribeTasks says beside it. */
export interface Seen {
  readonly sighting: Sighting;
  readonly startedBy?: string;
  readonly createdAt?: number;
}

/**
 * Reads an ECS task, as a state change event's `detail` or as DescribeTasks answers it (ECS guide, ecs_task_events).
 * Undefined when it is not whole: the thin replay of a stopped task has no version, and no evidence either.
 * A stop is told only at STOPPED: before that, exit codes may be missing that ECS is about to know.
 * With `families`, what the names of our families begin with, `startedBy` is told of those alone: others' tasks are called
 * whatever they like, a run of ours too.
 */
export const seenIn = (input: unknown, families = ''): Seen | undefined => {
  const read = v.safeParse(ecsTask, input);
  if (!read.success) {
    return undefined;
  }
  const task = read.output;
  const status = statusOf(task);
  return {
    sighting: {
      ecsTaskArn: task.taskArn,
      ecsVersion: task.version,
      status,
      ...present({
        startedAt: task.startedAt,
        stop: status === 'stopped' ? stopOf(task) : undefined,
      }),
    },
    ...present({
      startedBy: isOf(families, task) ? task.startedBy : undefined,
      createdAt: task.createdAt,
    }),
  };
};

/** The sighting alone. */
export const sightingOf = (input: unknown): Sighting | undefined => seenIn(input)?.sighting;

type EcsTask = v.InferOutput<typeof ecsTask>;

/** Between RUNNING and STOPPED a task that never ran passes through the same states as one that did. */
const statusOf = ({ lastStatus, startedAt }: EcsTask): Sighting['status'] => {
  if (lastStatus === 'STOPPED' || lastStatus === 'DELETED') {
    return 'stopped';
  }
  return lastStatus === 'RUNNING' || startedAt !== undefined ? 'running' : 'starting';
};

const stopOf = (task: EcsTask): StopEvidence => {
  const ours = task.containers.find((one) => one?.name === containerName);
  return present({
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    exitCode: ours?.exitCode,
    containerReason: ours?.reason,
  });
};

const isOf = (families: string, { taskDefinitionArn = '' }: EcsTask): boolean =>
  (taskDefinitionArn.split('/').at(-1) ?? '').startsWith(families);
