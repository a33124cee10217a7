import * as v from 'valibot';
import type { Sighting } from '../core/fact.ts';
import { runNamed } from '../core/run-name.ts';
import { seenIn } from './ecs-sighting.ts';
import { jsonOf } from './json-of.ts';
import { shown } from './shown.ts';

/** An ECS event about a run of this stage. `id` is the id of the SQS message. */
export interface EcsRecord {
  readonly id: string;
  readonly taskId: string;
  readonly run: number;
  readonly sighting: Sighting;
}

/** A message that is not about a run of this stage, with the reason. */
export interface IgnoredRecord {
  readonly id: string;
  readonly why: string;
}

const sqsEvent = v.object({
  Records: v.array(v.object({ messageId: v.string(), body: v.fallback(v.string(), '') })),
});

/**
 * The records of one SQS batch, each read on its own. A record that cannot be read today cannot be read later either, so it is
 * ignored, with a reason, and does not go back to the queue. A task of another family is ignored too: the names of our families
 * begin with `families`. Throws only when the event is not from SQS.
 */
export const ecsRecordsOf = (
  input: unknown,
  families: string,
): { readonly seen: readonly EcsRecord[]; readonly ignored: readonly IgnoredRecord[] } => {
  const read = v.safeParse(sqsEvent, input);
  if (!read.success) {
    throw new Error(
      'Expected the event of an SQS trigger, with Records, but got something else: is another trigger set on this function?',
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

/** The answer after which SQS delivers these messages again, and no others (Lambda guide, ReportBatchItemFailures). */
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
    return { id, why: `Expected an ECS Task State Change, but got ${shown(body)}` };
  }
  const seen = seenIn(event.output.detail, families);
  if (seen === undefined) {
    return {
      id,
      why: 'Expected an ECS task with an ARN, a status and a version, but one of them is missing',
    };
  }
  const run = runNamed(seen.startedBy);
  return run === undefined
    ? {
        id,
        why: `Expected a run of this stage of Davit, but got ECS task ${seen.sighting.ecsTaskArn}`,
      }
    : { id, ...run, sighting: seen.sighting };
};
