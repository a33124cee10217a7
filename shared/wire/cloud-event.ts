import type { Effect } from '../core/effect.ts';

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
  effect: Effect & { kind: 'tell' },
  source: string,
): CloudEvent => {
  const type = `davit.task.${effect.what}`;
  return {
    contentType: 'application/cloudevents+json',
    id: effect.id,
    type,
    json: JSON.stringify({
      specversion: '1.0',
      id: effect.id,
      source,
      type,
      subject: taskId,
      time: new Date(effect.at).toISOString(),
      sequence: effect.sequence,
      datacontenttype: 'application/json',
      data: { taskId, ...effect.body },
    }),
  };
};
