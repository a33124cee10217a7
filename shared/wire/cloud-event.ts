import type { EffectOf } from '../core/effect.ts';
import type { BrokenVersion } from '../core/release.ts';
import type { RefusedPin } from '../core/tool.ts';
import { iso } from './stored-time.ts';

/** A CloudEvents 1.0 document in the JSON format, and the media type that says so. */
export interface CloudEvent {
  readonly contentType: 'application/cloudevents+json';
  /** The effect's id, so that a reader recognizes an event that comes twice. */
  readonly id: string;
  readonly type: string;
  readonly json: string;
}

/**
 * The event of an effect, about the task: its type is `davit.task.<what>`. `source` is a URI reference such as `/davit/prod`.
 * Events may come in any order. The extension attribute `sequence` is a number that rises with every event of a task, so that
 * a reader can drop an older event than the last one that it knows.
 */
export const cloudEventOf = (
  taskId: string,
  effect: EffectOf<'notify'>,
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
 * The event of a refused pin, about the tool: its type is `davit.release.refused`. Its id contains the time at which pin or spec
 * was last written, so that two comparisons of the same pin give the same event.
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

/** The event of a version that became broken, about the tool: its type is `davit.version.broken`. */
export const brokenEventOf = (
  { tool, version, why, at }: BrokenVersion,
  source: string,
): CloudEvent =>
  eventOf({
    id: `broken/${tool}/${version}/${iso(at)}`,
    source,
    type: 'davit.version.broken',
    subject: tool,
    time: iso(at),
    data: { tool, version, why },
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
