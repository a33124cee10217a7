import * as v from 'valibot';
import type { Ended, Launching, Queued, Running, Starting } from '../core/task.ts';
import {
  doubtSchema,
  effectSchema,
  endpointSchema,
  holdSchema,
  launchOrderSchema,
  runRecordSchema,
  stoppingSchema,
} from './row-parts.ts';
import { placementSchema, releaseSchema } from './stored-release.ts';
import { type FieldsOf, storedTime } from './stored-time.ts';

/**
 * Rises when a row cannot be read by older code. A new field does not raise it, also within a part: older code leaves it as it
 * is. A new kind of effect and a new word where one of a list is wanted (a verdict, a reason to stop) do.
 */
export const rowVersion = 1;

const count = v.pipe(v.number(), v.integer());
const text = v.string();
const maybeText = v.exactOptional(text);
const maybeTime = v.exactOptional(storedTime);
const maybeCount = v.exactOptional(count);
const maybeRelease = v.exactOptional(releaseSchema);
const bytes = v.pipe(
  v.instance(Uint8Array),
  v.transform((some) => new Uint8Array(some)),
);

const common = {
  rowVersion: v.literal(rowVersion),
  taskId: text,
  digest: text,
  payload: v.exactOptional(bytes),
  payloadBytes: count,
  tenant: text,
  priority: count,
  replyTo: maybeText,
  correlationId: maybeText,
  messageProperties: maybeText,
  tool: maybeText,
  askedVersion: maybeText,
  askedCpu: maybeCount,
  askedMemoryMiB: maybeCount,
  run: count,
  attempts: count,
  reclaims: count,
  runs: v.array(runRecordSchema),
  createdAt: storedTime,
  queuedAt: storedTime,
  updatedAt: storedTime,
  startBy: storedTime,
  revision: count,
  outbox: v.array(effectSchema),
  outboxSince: maybeTime,
  setbacks: count,
  deferredUntil: maybeTime,
};

const launchable = {
  ...common,
  tool: text,
  payload: bytes,
  release: maybeRelease,
  place: maybeText,
  memoryDoubled: v.boolean(),
};

const current = {
  ...launchable,
  release: releaseSchema,
  placement: placementSchema,
  stopping: v.exactOptional(stoppingSchema),
  missingSince: maybeTime,
};

const accepted = { ...current, ecsTaskArn: text, ecsVersion: count, acceptedAt: storedTime };

/** A row by its phase, as it is read: unfolded, times turned into epoch milliseconds, what it does not know left out. */
export const rowSchema = v.variant('phase', [
  v.object({
    ...launchable,
    phase: v.literal('QUEUED'),
    hold: v.exactOptional(holdSchema),
    notBefore: maybeTime,
    startByProvisional: v.exactOptional(v.literal(true)),
    rings: count,
    rungAt: maybeTime,
  } satisfies FieldsOf<Queued>),
  v.object({
    ...current,
    phase: v.literal('LAUNCHING'),
    launchOrder: launchOrderSchema,
    doubt: v.exactOptional(doubtSchema),
  } satisfies FieldsOf<Launching>),
  v.object({ ...accepted, phase: v.literal('STARTING') } satisfies FieldsOf<Starting>),
  v.object({
    ...accepted,
    phase: v.literal('RUNNING'),
    startedAt: storedTime,
    endpoint: v.exactOptional(endpointSchema),
  } satisfies FieldsOf<Running>),
  v.object({
    ...common,
    phase: v.picklist(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REJECTED']),
    endedAt: storedTime,
    outcome: text,
    release: maybeRelease,
    placement: v.exactOptional(placementSchema),
    ecsTaskArn: maybeText,
    ecsVersion: maybeCount,
    startedAt: maybeTime,
    exitCode: maybeCount,
    reason: maybeText,
    result: maybeText,
    logTail: maybeText,
    tombstone: v.exactOptional(v.literal(true)),
  } satisfies FieldsOf<Ended>),
]);
