import * as v from 'valibot';
import type { Effect, Endpoint, EventBody } from '../core/effect.ts';
import type { Dropped } from '../core/outbox.ts';
import type {
  Doubt,
  Hold,
  LaunchOrder,
  OutboxTrouble,
  RepliesGivenUp,
  RunRecord,
  Stopping,
} from '../core/task.ts';
import { placementSchema } from './stored-release.ts';
import { type FieldsOf, storedTime } from './stored-time.ts';

// Loose: a part is written back whole, so it keeps the fields that a newer Davit has put into it.

const count = v.pipe(v.number(), v.integer());
const text = v.string();
const maybeText = v.exactOptional(text);
const maybeTime = v.exactOptional(storedTime);

/** The address of a live tool. */
export const endpointSchema = v.looseObject({
  host: text,
  port: count,
  protocol: text,
} satisfies FieldsOf<Endpoint>);

/** A RunTask call as it was saved. */
export const launchOrderSchema = v.looseObject({
  cluster: text,
  taskDefinition: text,
  capacityProvider: text,
  subnets: v.array(text),
  securityGroups: v.array(text),
  assignPublicIp: v.boolean(),
  environment: v.record(text, text),
  command: v.exactOptional(v.array(text)),
  cpu: v.exactOptional(count),
  memoryMiB: v.exactOptional(count),
  startedBy: text,
  clientToken: text,
  intendedAt: storedTime,
} satisfies FieldsOf<LaunchOrder>);

/** What a QUEUED row waits for. */
export const holdSchema = v.looseObject({
  by: text,
  why: text,
  since: storedTime,
  opensAt: maybeTime,
} satisfies FieldsOf<Hold>);

/** Why a run is being stopped. */
export const stoppingSchema = v.looseObject({
  why: v.picklist(['cancel', 'timeout', 'startTimeout', 'startWithin']),
  at: storedTime,
  askedAt: storedTime,
  reason: maybeText,
} satisfies FieldsOf<Stopping>);

/** Why it is not known whether ECS took a launch. */
export const doubtSchema = v.looseObject({
  why: text,
  at: storedTime,
  times: count,
} satisfies FieldsOf<Doubt>);

/** What one run was. */
export const runRecordSchema = v.looseObject({
  run: count,
  placement: placementSchema,
  version: text,
  verdict: v.picklist([
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
  ]),
  why: text,
  endedAt: storedTime,
  ecsTaskArn: maybeText,
  startedAt: maybeTime,
  exitCode: v.exactOptional(count),
} satisfies FieldsOf<RunRecord>);

const eventBodySchema = v.looseObject({
  tool: maybeText,
  version: maybeText,
  run: count,
  attempts: count,
  tenant: text,
  placement: maybeText,
  exitCode: v.exactOptional(count),
  outcome: maybeText,
  reason: maybeText,
  endpoint: v.exactOptional(endpointSchema),
  dropped: v.exactOptional(count),
} satisfies FieldsOf<EventBody>);

const what = v.picklist(['running', 'succeeded', 'failed', 'cancelled', 'requeued', 'rejected']);

/** Why a consequence could not be carried out. */
export const outboxTroubleSchema = v.looseObject({
  id: text,
  why: text,
} satisfies FieldsOf<OutboxTrouble>);

/** Events that were dropped, by audience. */
export const eventsDroppedSchema = v.looseObject({
  event: v.exactOptional(count),
  reply: v.exactOptional(count),
  bus: v.exactOptional(count),
} satisfies FieldsOf<Dropped>);

/** Replies that were given up. */
export const repliesGivenUpSchema = v.looseObject({
  count,
  what,
  queue: text,
  why: text,
  at: storedTime,
} satisfies FieldsOf<RepliesGivenUp>);

const named = { id: text, run: count };

/** A consequence that is still to be carried out. */
export const effectSchema = v.variant('kind', [
  v.looseObject({ kind: v.literal('doorbell'), ...named }),
  v.looseObject({ kind: v.literal('free'), ...named, limit: text }),
  v.looseObject({ kind: v.literal('dead'), ...named, reason: text }),
  v.looseObject({ kind: v.literal('stop'), ...named, ecsTaskArn: text, why: text }),
  v.looseObject({
    kind: v.literal('tell'),
    ...named,
    to: v.picklist(['event', 'reply', 'bus']),
    what,
    at: storedTime,
    sequence: count,
    body: eventBodySchema,
    notBefore: maybeTime,
  } satisfies FieldsOf<Extract<Effect, { kind: 'tell' }>>),
]);
