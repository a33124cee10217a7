import type { Notice } from '../core/effect.ts';
import { present } from '../core/present.ts';
import type { BrokenVersion } from '../core/release.ts';
import type { Task } from '../core/task.ts';
import type { RefusedPin } from '../core/tool.ts';
import { parseJson } from './json.ts';
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
 * The event of a notice, about the task: its type is `davit.task.<what>`. `source` is a URI reference such as `/davit/prod`.
 * Events may come in any order. The extension attribute `sequence` is a number that rises with every event of a task, so that
 * a reader can drop an older event than the last one that it knows.
 */
export const cloudEventOf = (task: Task, notice: Notice, source: string): CloudEvent => {
  const { askedAgainAt } = notice.body;
  const again = askedAgainAt === undefined ? undefined : iso(askedAgainAt);
  return eventOf({
    id: notice.id,
    source,
    type: `davit.task.${notice.what}`,
    subject: task.taskId,
    time: iso(notice.at),
    sequence: notice.sequence,
    data: {
      taskId: task.taskId,
      ...notice.body,
      ...present({ askedAgainAt: again }),
      ...saidBy(task, notice),
    },
  });
};

/** The end of a run has what the row knows of its result and of its last lines when the event is sent. */
const saidBy = (task: Task, { run, what }: Notice): object => ({
  ...(ends.has(what) && task.run === run ? resultOf(task) : {}),
  // A requeue is about the run that ended, and names the next one.
  ...((what === 'failed' && task.logTailRun === run) ||
  (what === 'requeued' && task.logTailRun === run - 1)
    ? present({ logTail: task.logTail, logTailMissing: task.logTailMissing })
    : {}),
});

const resultOf = (task: Task): object => {
  if (task.phase === 'QUEUED') return {};
  const { result, resultMissing } = task;
  return present({ result: resultValue(result), resultMissing });
};

const ends: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

/** The value of a stored result, in which numbers keep their digits; a text of another kind as it is. */
const resultValue = (result: string | undefined): unknown => {
  if (result === undefined) return undefined;
  const parsed = parseJson(Buffer.from(result));
  return parsed.ok ? parsed.value : result;
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
