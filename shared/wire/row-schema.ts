import * as v from 'valibot';
import type { Ended, Launching, Queued, Running, Said, Starting } from '../core/task.ts';
import { listIn, textIn, wholeIn } from './bounded.ts';
import {
  askedSize,
  bodyBytes,
  lengths,
  mostBodyBytes,
  priorities,
  sizes,
  toolRanges,
} from './ranges.ts';
import {
  doubtSchema,
  endpointSchema,
  eventsDroppedSchema,
  holdSchema,
  launchOrderSchema,
  outboxTroubleSchema,
  repliesGivenUpSchema,
  runRecordSchema,
  stoppingSchema,
  waitingNoticeSchema,
} from './row-parts.ts';
import { effectSchema } from './stored-effect.ts';
import { placementSchema, releaseSchema } from './stored-release.ts';
import { type FieldsOf, storedTime } from './stored-time.ts';
import {
  arn,
  count,
  maybeCount,
  maybeExitCode,
  maybeName,
  maybeSentence,
  maybeTime,
  name,
  run,
  sentence,
  short,
} from './stored-values.ts';

/**
 * Raise it when older code cannot read a row. A new field does not need that, nor a new field within a part: older code leaves both
 * as they are. A new kind of effect needs it, and a new word in a list of words (a verdict, a reason to stop).
 */
export const rowVersion = 1;

const maybeShort = v.exactOptional(short);
const maybeSize = v.exactOptional(wholeIn(askedSize));
const maybeRelease = v.exactOptional(releaseSchema);
const body = v.pipe(
  v.instance(Uint8Array),
  v.maxLength(
    mostBodyBytes,
    ({ received }) => `expected at most ${mostBodyBytes} bytes, but ${received} came`,
  ),
  v.transform((some) => new Uint8Array(some)),
);

const common = {
  rowVersion: v.literal(rowVersion),
  taskId: name,
  digest: short,
  payload: v.exactOptional(body),
  payloadBytes: wholeIn(bodyBytes),
  tenant: name,
  priority: wholeIn(priorities),
  replyTo: maybeShort,
  correlationId: maybeShort,
  messageProperties: v.exactOptional(textIn(lengths.properties)),
  tool: maybeName,
  askedVersion: maybeName,
  askedCpu: maybeSize,
  askedMemoryMiB: maybeSize,
  askedTimeoutMs: v.exactOptional(wholeIn(toolRanges.timeoutMs)),
  askedNotBefore: maybeTime,
  groupName: maybeName,
  run,
  attempts: count,
  reclaims: count,
  runs: listIn(runRecordSchema, sizes.runs),
  createdAt: storedTime,
  queuedAt: storedTime,
  updatedAt: storedTime,
  startBy: storedTime,
  revision: count,
  outbox: listIn(effectSchema, sizes.outbox),
  outboxSince: maybeTime,
  outboxTrouble: v.exactOptional(outboxTroubleSchema),
  eventsDropped: v.exactOptional(eventsDroppedSchema),
  repliesGivenUp: v.exactOptional(repliesGivenUpSchema),
  logTail: v.exactOptional(textIn(lengths.log)),
  logTailMissing: maybeSentence,
  logTailRun: v.exactOptional(run),
  setbacks: count,
  deferredUntil: maybeTime,
};

const launchable = {
  ...common,
  tool: name,
  payload: body,
  release: maybeRelease,
  place: maybeShort,
  memoryDoubled: v.boolean(),
  waitingNotice: v.exactOptional(waitingNoticeSchema),
};

const said = {
  result: v.exactOptional(textIn(lengths.log)),
  resultAt: maybeTime,
  resultMissing: maybeSentence,
} satisfies FieldsOf<Said>;

const current = {
  ...launchable,
  ...said,
  release: releaseSchema,
  placement: placementSchema,
  stopping: v.exactOptional(stoppingSchema),
  missingSince: maybeTime,
};

const accepted = { ...current, ecsTaskArn: arn, ecsVersion: count, acceptedAt: storedTime };

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
    ...said,
    phase: v.picklist(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REJECTED']),
    endedAt: storedTime,
    outcome: sentence,
    release: maybeRelease,
    placement: v.exactOptional(placementSchema),
    ecsTaskArn: v.exactOptional(arn),
    ecsVersion: maybeCount,
    startedAt: maybeTime,
    exitCode: maybeExitCode,
    reason: maybeSentence,
    tombstone: v.exactOptional(v.literal(true)),
  } satisfies FieldsOf<Ended>),
]);
