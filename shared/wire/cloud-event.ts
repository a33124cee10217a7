import type { Effect } from '../core/effect.ts';
import type { RefusedPin } from '../core/tool.ts';
import { iso } from './stored-time.ts';

/** A CloudEvents 1.0 document in the JSON format, and the media type that says so. */
export interface CloudEvent {
  readonly contentType: 'application/cloudevents+json';
  /** The effect's id: telling one twice is telling the same thing twice. */
  readonly id: string;
  readonly type: string;
  readonly json: string;
}

/**
 * What an effect tells, as an event of type `davit.task.<what>` about the task. `source` is a URI reference such as
 * `/davit/prod`. Order is not promised; the extension attribute `sequence` rises with every event of a task, as a
 * number, so that a reader can drop what is older than what it knows.
 */
export const cloudEventOf = (
  taskId: string,
  effect: Effect & { kind: 'notify' },
  source: string,
): CloudEvent => {
  return eventOf({
    id: effect.id,
    source,
    type: `davit.task.${effect.what}`,
    subject: taskId,
    time: iso(effect.at),
    sequence: effect.sequence,
    data: { taskId, ...effect.body },
  });
};

/**
 * A pin that was refused, as an event of type `davit.release.refused` about the tool. Its id is made of when pin or spec was
 * written, so that a comparison that is made twice tells the same thing twice.
 */
export const refusedEventOf = (
  { tool, changedAt, refusal }: RefusedPin,
  source: string,
): CloudEvent =>
  eventOf({
    id: `release/${tool}/${iso(changedAt)}`,
    source,
    type: 'davit.release.refused',
    subject: tool,
    time: iso(refusal.at),
    data: { tool, version: refusal.version, why: refusal.why },
  });

interface Attributes {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly sequence?: number;
  readonly data: object;
}

const eventOf = ({ data, ...attributes }: Attributes): CloudEvent => ({
  contentType: 'application/cloudevents+json',
  id: attributes.id,
  type: attributes.type,
  json: JSON.stringify({
    specversion: '1.0',
    ...attributes,
    datacontenttype: 'application/json',
    data,
  }),
});
