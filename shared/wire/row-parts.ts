import * as v from 'valibot';
import type { Dropped, Endpoint } from '../core/effect.ts';
import type { LaunchOrder } from '../core/launch-order.ts';
import type { RunRecord } from '../core/run-record.ts';
import type {
  Doubt,
  Hold,
  OutboxTrouble,
  RepliesGivenUp,
  Stopping,
  WaitingNotice,
} from '../core/task-parts.ts';
import { listIn, mapOf, textIn, wholeIn } from './bounded.ts';
import { launchedSize, lengths, ports, sizes } from './ranges.ts';
import { placementSchema } from './stored-release.ts';
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

// Loose objects: a part is written back whole, so it must keep the fields that a newer Davit has put into it.

/** The address of a live tool. */
export const endpointSchema = v.looseObject({
  host: short,
  port: wholeIn(ports),
  protocol: name,
} satisfies FieldsOf<Endpoint>);

/** A saved RunTask call. */
export const launchOrderSchema = v.looseObject({
  cluster: arn,
  taskDefinition: arn,
  capacityProvider: short,
  subnets: listIn(short, sizes.subnets),
  securityGroups: listIn(short, sizes.securityGroups),
  assignPublicIp: v.boolean(),
  environment: mapOf(textIn(lengths.override), sizes.ofOverrides),
  command: v.exactOptional(listIn(textIn(lengths.override), sizes.ofOverrides)),
  cpu: v.exactOptional(wholeIn(launchedSize)),
  memoryMiB: v.exactOptional(wholeIn(launchedSize)),
  startedBy: name,
  clientToken: name,
  intendedAt: storedTime,
} satisfies FieldsOf<LaunchOrder>);

/** What a QUEUED row waits for. */
export const holdSchema = v.looseObject({
  by: short,
  cause: maybeName,
  why: sentence,
  since: storedTime,
  opensAt: maybeTime,
} satisfies FieldsOf<Hold>);

/** The last event that has told why a task waits. */
export const waitingNoticeSchema = v.looseObject({
  cause: name,
  at: storedTime,
  times: count,
  before: maybeName,
} satisfies FieldsOf<WaitingNotice>);

/** Why a run is being stopped. */
export const stoppingSchema = v.looseObject({
  why: v.picklist(['cancel', 'timeout', 'startTimeout', 'startWithin']),
  at: storedTime,
  askedAt: storedTime,
  reason: maybeSentence,
} satisfies FieldsOf<Stopping>);

/** Why it is not known whether ECS took a launch. */
export const doubtSchema = v.looseObject({
  why: sentence,
  at: storedTime,
  times: count,
} satisfies FieldsOf<Doubt>);

/** The record of one run. */
export const runRecordSchema = v.looseObject({
  run,
  placement: placementSchema,
  version: name,
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
  why: sentence,
  endedAt: storedTime,
  ecsTaskArn: v.exactOptional(arn),
  startedAt: maybeTime,
  exitCode: maybeExitCode,
} satisfies FieldsOf<RunRecord>);

/** What an event says about a task that is no longer waiting. */
export const whatSchema = v.picklist([
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'requeued',
  'rejected',
]);

/** Why an effect could not be carried out. */
export const outboxTroubleSchema = v.looseObject({
  id: short,
  why: sentence,
} satisfies FieldsOf<OutboxTrouble>);

/** How many events were dropped, by audience. */
export const eventsDroppedSchema = v.looseObject({
  event: maybeCount,
  reply: maybeCount,
  bus: maybeCount,
} satisfies FieldsOf<Dropped>);

/** Replies that were given up. */
export const repliesGivenUpSchema = v.looseObject({
  count,
  what: whatSchema,
  queue: short,
  why: sentence,
  at: storedTime,
} satisfies FieldsOf<RepliesGivenUp>);
