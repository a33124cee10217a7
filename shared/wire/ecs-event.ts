import * as v from 'valibot';
import type { Sighting } from '../core/fact.ts';
import { runNamed } from '../core/run-name.ts';
import { seenIn } from './ecs-sighting.ts';
import { jsonOf } from './json-of.ts';
import { shown } from './shown.ts';

/** An ECS event behind SQS that tells of a run of ours. `id` is the SQS message's. */
export interface EcsRecord {
  readonly id: string;
  readonly taskId: string;
  readonly run: number;
  readonly sighting: Sighting;
}

/** One that says nothing to us, and never will. */
export interface IgnoredRecord {
  readonly id: string;
  readonly why: string;
}

const sqsEvent = v.object({
  Records: v.array(v.object({ messageId: v.string(), body: v.fallback(v.string(), '') })),
});

/**
 * The records of one SQS batch, each read on its own: one that cannot be read never will be, so it is ignored
 * with a reason and not given back to the queue; so is an ECS task of another family than those whose names begin with
 * `families`. Throws only when the event is none of SQS's.
 */
export const ecsRecordsOf = (
  input: unknown,
  families: string,
): { readonly seen: readonly EcsRecord[]; readonly ignored: readonly IgnoredRecord[] } => {
  const read = v.safeParse(sqsEvent, input);
  if (!read.success) {
    throw new Error(
      'Expected the event of an SQS trigger, with Records, and got something else: is another trigger set on this function?',
    );
  }
  const records = read.output.Records.map(({ messageId, body }) =>
    recordOf(messageId, body, families),
  );
  return {
    seen: records.filter((record) => 'sighting' in record),
    ignored: records.filter((record) => 'why' in record),
  };
};

/** The answer that makes SQS bring these messages again, and no others (Lambda guide, ReportBatchItemFailures). */
export const failedItems = (ids: readonly string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

const stateChange = v.object({
  source: v.literal('aws.ecs'),
  'detail-type': v.literal('ECS Task State Change'),
  detail: v.unknown(),
});

const recordOf = (id: string, body: string, families: string): EcsRecord | IgnoredRecord => {
  const event = v.safeParse(stateChange, jsonOf(body));
  if (!event.success) {
    return { id, why: `Expected an ECS Task State Change, got ${shown(body)}` };
  }
  const seen = seenIn(event.output.detail, families);
  if (seen === undefined) {
    return { id, why: 'The event has no task ARN, no status or no version' };
  }
  const run = runNamed(seen.startedBy);
  return run === undefined
    ? { id, why: `Expected a run of this stage of Davit, got ECS task ${seen.sighting.ecsTaskArn}` }
    : { id, ...run, sighting: seen.sighting };
};
