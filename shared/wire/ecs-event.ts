import * as v from 'valibot';
import type { Sighting } from '../core/fact.ts';
import { runNamed } from '../core/task.ts';
import { seenIn } from './ecs-sighting.ts';
import { shown } from './shown.ts';

/** An ECS event behind SQS: what was seen of a run of ours, or why it says nothing to us. `id` is the SQS message's. */
export type EcsRecord =
  | {
      readonly kind: 'seen';
      readonly id: string;
      readonly taskId: string;
      readonly run: number;
      readonly startedBy: string;
      readonly sighting: Sighting;
    }
  | { readonly kind: 'ignored'; readonly id: string; readonly why: string };

const sqsEvent = v.object({
  Records: v.array(v.object({ messageId: v.string(), body: v.fallback(v.string(), '') })),
});

const stateChange = v.object({
  source: v.literal('aws.ecs'),
  'detail-type': v.literal('ECS Task State Change'),
  detail: v.unknown(),
});

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const recordOf = (id: string, body: string): EcsRecord => {
  const ignored = (why: string): EcsRecord => ({ kind: 'ignored', id, why });
  const event = v.safeParse(stateChange, jsonOf(body));
  if (!event.success) {
    return ignored(`Expected an ECS Task State Change, got ${shown(body)}`);
  }
  const seen = seenIn(event.output.detail);
  if (seen === undefined) {
    return ignored('The event has no task ARN, no status or no version');
  }
  const run = runNamed(seen.startedBy);
  return run === undefined || seen.startedBy === undefined
    ? ignored(`The ECS task was started by ${shown(seen.startedBy)}: that is no run of Davit`)
    : { kind: 'seen', id, ...run, startedBy: seen.startedBy, sighting: seen.sighting };
};

/**
 * The records of one SQS batch, each read on its own: one that cannot be read never will be, so it is ignored
 * with a reason and not given back to the queue. Throws only when the event is none of SQS's.
 */
export const ecsRecordsOf = (input: unknown): readonly EcsRecord[] => {
  const read = v.safeParse(sqsEvent, input);
  if (!read.success) {
    throw new Error(
      'Expected the event of an SQS trigger, with Records, and got something else: is another trigger set on this function?',
    );
  }
  return read.output.Records.map(({ messageId, body }) => recordOf(messageId, body));
};
