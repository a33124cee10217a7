import { createHash } from 'node:crypto';
import { present } from '../../shared/core/present.ts';
import type { JsonActions } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import {
  flag,
  type JsonObject,
  optionalNumber,
  optionalText,
  text,
  texts,
} from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import type { LogEvent, LogPage, LogStore } from './log-store.ts';

/** GetLogEvents and FilterLogEvents return 10,000 events at most, and by default (CloudWatch Logs API reference). */
const maxEvents = 10_000;

const paging: Paging = {
  size: 'limit',
  token: 'nextToken',
  usual: maxEvents,
  most: maxEvents,
  badToken: 'InvalidParameterException',
};

/** The calls that read events: GetLogEvents and FilterLogEvents. `streamsOf` throws for a group that does not exist. */
export const readEvents = (
  logs: LogStore,
  streamsOf: (group: string) => readonly { readonly name: string }[],
): JsonActions => {
  const read = (group: string, stream: string, from: Position): LogPage => {
    const found = from.forward
      ? logs.forward(group, stream, from.offset ?? 0)
      : logs.backward(group, stream, from.offset);
    if (found !== undefined) return found;
    streamsOf(group);
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  };

  const page = (input: JsonObject): LogPage => {
    const from = positionIn(input);
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
      events: within(input, events).map(wireOf),
      nextForwardToken: `f/${end}`,
      nextBackwardToken: `b/${start}`,
    };
  };

  /** The newest megabyte of each stream, in the order of time, page by page. `aws logs tail` calls it. */
  const filterLogEvents = (input: JsonObject): object => {
    const group = text(input, 'logGroupName');
    if (optionalText(input, 'filterPattern')) {
      throw new AwsError('InvalidParameterException', 'The local AWS has no filter patterns.');
    }
    const prefix = optionalText(input, 'logStreamNamePrefix') ?? '';
    const named = texts(input, 'logStreamNames');
    const found = streamsOf(group)
      .filter(({ name }) => name.startsWith(prefix) && (named.length === 0 || named.includes(name)))
      .flatMap(({ name }) => eventsIn(group, name, input))
      .toSorted((a, b) => a.timestamp - b.timestamp);
    const { items, next } = pageOf(found, ({ eventId }) => eventId, { input, paging });
    return { events: items, searchedLogStreams: [], ...present({ nextToken: next }) };
  };

  const eventsIn = (group: string, stream: string, input: JsonObject) => {
    const page = logs.backward(group, stream, undefined);
    let offset = page?.start ?? 0;
    const placed = (page?.events ?? []).map((event) => {
      offset += event.bytes;
      return { ...event, offset };
    });
    return within(input, placed).map((event) => ({
      ...wireOf(event),
      logStreamName: stream,
      timestamp: event.timestamp,
      eventId: createHash('sha256').update(`${stream} ${event.offset}`).digest('hex'),
    }));
  };

  return { FilterLogEvents: filterLogEvents, GetLogEvents: getLogEvents };
};

/** Where a read begins, and in which direction it goes. Without an offset it begins at that end of the stream. */
interface Position {
  readonly forward: boolean;
  readonly offset: number | undefined;
}

/** The token `f/123` continues forward, `b/123` backward. Without a token `startFromHead` sets the direction. */
const positionIn = (input: JsonObject): Position => {
  const token = optionalText(input, 'nextToken');
  if (token === undefined) return { forward: flag(input, 'startFromHead'), offset: undefined };
  return { forward: token.startsWith('f/'), offset: offsetOf(token) };
};

const offsetOf = (token: string): number => {
  const offset = Number(token.slice(2));
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
};

const bytesOf = (events: readonly LogEvent[]): number =>
  events.reduce((sum, event) => sum + event.bytes, 0);

/** The events from `startTime` on and before `endTime`, if the call sets them. */
const within = <E extends LogEvent>(input: JsonObject, events: readonly E[]): readonly E[] => {
  const since = optionalNumber(input, 'startTime') ?? 0;
  const until = optionalNumber(input, 'endTime') ?? Number.POSITIVE_INFINITY;
  return events.filter((one) => one.timestamp >= since && one.timestamp < until);
};

const wireOf = ({ timestamp, message }: LogEvent): object => ({
  timestamp,
  message,
  ingestionTime: timestamp,
});
