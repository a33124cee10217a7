import * as v from 'valibot';
import { clipped } from '../core/clipped.ts';
import type { Sighting, StopEvidence } from '../core/fact.ts';
import { containerName } from '../core/launch-order.ts';
import { present } from '../core/present.ts';
import { textIn, wholeIn } from './bounded.ts';
import { counted, exitStatus, lengths, times } from './ranges.ts';

const mostCharacters = 2_000;

/** Times are ISO texts in events, Dates in the SDK, and epoch seconds in the JSON protocol. All become epoch milliseconds. */
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

/** A longer text is cut: a row keeps it. ECS's texts have a thousand characters at most (ECS API, StopTask). */
const words = v.pipe(
  v.string(),
  v.transform((text) => clipped(text, mostCharacters)),
);

/** A part that has another shape than AWS documents is left out, so that the event is not lost because of it. */
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

/** A sighting, with what else Davit reads of an ECS task. `createdAt`: epoch milliseconds. */
export interface Seen {
  readonly sighting: Sighting;
  readonly startedBy?: string;
  readonly createdAt?: number;
}

/**
 * Reads an ECS task, as a state change event's `detail` or as DescribeTasks answers it (ECS guide, ecs_task_events).
 * Undefined when the ARN, the status or the version is missing: ECS repeats a stopped task without a version and without
 * evidence. `stop` is set only at STOPPED: before that, exit codes may still be missing. `startedBy` is set only for a task whose
 * family begins with `families`: others may start tasks under any name, also under that of a run of ours.
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

/** The states between RUNNING and STOPPED do not show whether the task ever ran; `startedAt` does. */
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
