import { createHash } from 'node:crypto';
import type { JsonService } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import {
  flag,
  type JsonObject,
  optionalNumber,
  optionalText,
  text,
  texts,
} from '../endpoint/input.ts';
import type { LogEvent, LogPage, LogStore } from '../logs.ts';

/** GetLogEvents answers 10,000 events at most, which is also what it answers unasked. */
const maxEvents = 10_000;

const offsetOf = (token: string): number => {
  const offset = Number(token.slice(2));
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
};

const bytesOf = (events: readonly LogEvent[]): number =>
  events.reduce((sum, event) => sum + event.bytes, 0);

const wire = ({ timestamp, message }: LogEvent): object => ({
  timestamp,
  message,
  ingestionTime: timestamp,
});

/** The events from `startTime` on and before `endTime`, where the call has them. */
const within = (input: JsonObject, events: readonly LogEvent[]): readonly LogEvent[] => {
  const since = optionalNumber(input, 'startTime') ?? 0;
  const until = optionalNumber(input, 'endTime') ?? Number.POSITIVE_INFINITY;
  return events.filter((one) => one.timestamp >= since && one.timestamp < until);
};

type Reading = { readonly forward: boolean; readonly offset: number | undefined };

/** A token `f/123` goes on forward, `b/123` backward; without one `startFromHead` says where to begin. */
const readingOf = (input: JsonObject): Reading => {
  const token = optionalText(input, 'nextToken');
  if (token === undefined) return { forward: flag(input, 'startFromHead'), offset: undefined };
  return { forward: token.startsWith('f/'), offset: offsetOf(token) };
};

/** CloudWatch Logs over the log files: what the functions and the containers wrote. It only reads. */
export const logsService = (logs: LogStore): JsonService => {
  const missing = (what: string): AwsError =>
    new AwsError('ResourceNotFoundException', `The specified log ${what} does not exist.`);

  const read = (group: string, stream: string, from: Reading): LogPage => {
    const found = from.forward
      ? logs.forward(group, stream, from.offset ?? 0)
      : logs.backward(group, stream, from.offset);
    if (found !== undefined) return found;
    throw missing(logs.streams(group) === undefined ? 'group' : 'stream');
  };

  const page = (input: JsonObject): LogPage => {
    const from = readingOf(input);
    const limit = Math.min(optionalNumber(input, 'limit') ?? maxEvents, maxEvents);
    const found = read(text(input, 'logGroupName'), text(input, 'logStreamName'), from);
    const events = from.forward ? found.events.slice(0, limit) : found.events.slice(-limit);
    return from.forward
      ? { events, start: found.start, end: found.start + bytesOf(events) }
      : { events, start: found.end - bytesOf(events), end: found.end };
  };

  const getLogEvents = (input: JsonObject): object => {
    const { events, start, end } = page(input);
    return {
      events: within(input, events).map(wire),
      nextForwardToken: `f/${end}`,
      nextBackwardToken: `b/${start}`,
    };
  };

  const describeLogStreams = (input: JsonObject): object => {
    const group = text(input, 'logGroupName');
    const prefix = optionalText(input, 'logStreamNamePrefix') ?? '';
    const streams = logs.streams(group);
    if (streams === undefined) throw missing('group');
    return {
      logStreams: streams
        .filter((stream) => stream.name.startsWith(prefix))
        .slice(0, Math.min(optionalNumber(input, 'limit') ?? 50, 50))
        .map((stream) => ({
          logStreamName: stream.name,
          lastEventTimestamp: Math.round(stream.writtenAt),
        })),
    };
  };

  /** The newest megabyte of each stream, in order of time: what `aws logs tail` asks for. */
  const filterLogEvents = (input: JsonObject): object => {
    const group = text(input, 'logGroupName');
    if (optionalText(input, 'filterPattern')) {
      throw new AwsError('InvalidParameterException', 'The local AWS has no filter patterns.');
    }
    const prefix = optionalText(input, 'logStreamNamePrefix') ?? '';
    const named = texts(input, 'logStreamNames');
    const streams = logs.streams(group);
    if (streams === undefined) throw missing('group');
    const events = streams
      .filter(({ name }) => name.startsWith(prefix) && (named.length === 0 || named.includes(name)))
      .flatMap(({ name }) =>
        within(input, logs.backward(group, name, undefined)?.events ?? []).map((event) => ({
          ...wire(event),
          logStreamName: name,
          timestamp: event.timestamp,
          eventId: createHash('sha256')
            .update(`${name}${event.timestamp}${event.message}`)
            .digest('hex'),
        })),
      )
      .sort((a, b) => a.timestamp - b.timestamp);
    return { events: events.slice(-maxEvents), searchedLogStreams: [] };
  };

  return {
    GetLogEvents: getLogEvents,
    DescribeLogStreams: describeLogStreams,
    FilterLogEvents: filterLogEvents,
  };
};
