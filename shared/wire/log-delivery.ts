import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { errorMessage } from '../core/error-message.ts';
import { ecsTaskIdIn } from '../core/log-stream.ts';
import type { RefusedLine, SpokenLine } from '../core/run-lines.ts';
import { jsonOf } from './json-of.ts';
import { times } from './ranges.ts';
import { printable } from './shown.ts';
import { isRefused, type LogEvent, spokenLineOf } from './spoken-line.ts';

/** What a subscription of the tools' log group has delivered: lines of one run. */
export interface LogDelivery {
  /** The id of the ECS task that printed them. */
  readonly ecsTaskId: string;
  readonly lines: readonly SpokenLine[];
  readonly refused: readonly RefusedLine[];
}

/** Bytes of a delivery after it was unpacked. Lambda takes 1 MB of an event, and repeated lines pack well. */
const mostBytes = 64 * 1_024 * 1_024;

const subscriptionEvent = v.object({ awslogs: v.object({ data: v.string() }) });

/** A message of the queue of deliveries that failed. Its trigger brings one at a time, so that none waits for another one. */
const queueEvent = v.object({ Records: v.strictTuple([v.object({ body: v.string() })]) });

const message = v.object({
  messageType: v.string(),
  logStream: v.string(),
  logEvents: v.array(v.object({ id: v.string(), timestamp: v.number(), message: v.string() })),
});

/**
 * The lines of a delivery of a log subscription: base64 of gzip of JSON (CloudWatch Logs guide, Subscriptions), with
 * events of one log stream. One that failed three times comes again from a queue: then the event itself is the body of the
 * message (Lambda guide, "Capturing records of asynchronous invocations", dead-letter queues). A delivery that can never be read
 * answers why, and one without lines (CloudWatch Logs tries the function with a control message) answers undefined. Throws only
 * when the event is from neither.
 */
export const logDeliveryOf = (
  input: unknown,
): LogDelivery | { readonly why: string } | undefined => {
  const queued = v.safeParse(queueEvent, input);
  const event = v.safeParse(
    subscriptionEvent,
    queued.success ? jsonOf(queued.output.Records[0].body) : input,
  );
  if (event.success) return deliveryIn(event.output.awslogs.data);
  if (queued.success) return { why: 'the message of the queue is no event of a log subscription' };
  throw new Error(
    'Expected the event of a log subscription, with awslogs.data, or one message of the queue of those that failed, but got something else: is another trigger set on this function, or another batch size?',
  );
};

const deliveryIn = (data: string): ReturnType<typeof logDeliveryOf> => {
  const text = unpacked(data);
  if (typeof text !== 'string') return text;
  const read = v.safeParse(message, jsonOf(text));
  if (!read.success) return { why: 'it is not the JSON of a log subscription' };
  const { messageType, logStream, logEvents } = read.output;
  if (messageType !== 'DATA_MESSAGE') return undefined;
  const ecsTaskId = ecsTaskIdIn(logStream);
  if (ecsTaskId === undefined) return { why: `log stream ${printable(logStream)} is not of a run` };
  const all = logEvents.flatMap(
    ({ id, timestamp, message: line }) =>
      spokenLineOf({ id: id.slice(0, longestId), at: timeIn(timestamp), message: line }) ?? [],
  );
  return {
    ecsTaskId,
    lines: all.filter((line): line is SpokenLine => !isRefused(line)),
    refused: all.filter(isRefused),
  };
};

/** CloudWatch's ids have 56 digits. */
const longestId = 100;

const unpacked = (data: string): string | { readonly why: string } => {
  try {
    return gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: mostBytes }).toString();
  } catch (error) {
    return { why: `it cannot be unpacked: ${errorMessage(error)}` };
  }
};

const timeIn = (timestamp: number): LogEvent['at'] =>
  Math.min(times.most, Math.max(times.least, Math.round(timestamp) || 0));
