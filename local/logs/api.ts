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
import { type Paging, pageOf } from '../endpoint/page.ts';
import { place } from '../template/place.ts';
import type { LogGroupPlan } from '../template/plan.ts';
import type { LogEvent, LogPage, LogStore } from './log-store.ts';

/** GetLogEvents answers 10,000 events at most, which is also what it answers unasked. */
const maxEvents = 10_000;

interface Reading {
  readonly forward: boolean;
  readonly offset: number | undefined;
}

/** DescribeLogGroups and DescribeLogStreams give 50 at the most, FilterLogEvents 10,000 (CloudWatch Logs API reference). */
const fifty: Paging = {
  size: 'limit',
  token: 'nextToken',
  usual: 50,
  most: 50,
  badToken: 'InvalidParameterException',
};
const tenThousand: Paging = { ...fifty, usual: maxEvents, most: maxEvents };

const arnPrefix = `arn:aws:logs:${place.region}:${place.account}:log-group:`;

/** CloudWatch Logs over the log files: what the functions and the containers wrote. It only reads. */
export const logsService = (logs: LogStore, groups: readonly LogGroupPlan[] = []): JsonService => {
  const createdAt = Date.now();
  const missing = (what: string): AwsError =>
    new AwsError('ResourceNotFoundException', `The specified log ${what} does not exist.`);

  /** A group of the template is there before anything was written to it. */
  const streamsOf = (group: string): readonly { name: string; writtenAt: number }[] => {
    const found = logs.streams(group);
    if (found !== undefined) return found;
    if (groups.some(({ name }) => name === group)) return [];
    throw missing('group');
  };

  const describeLogGroups = (input: JsonObject): object => {
    const prefix = optionalText(input, 'logGroupNamePrefix') ?? '';
    const part = optionalText(input, 'logGroupNamePattern')?.toLowerCase() ?? '';
    const found = groups
      .filter(({ name }) => name.startsWith(prefix) && name.toLowerCase().includes(part))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = pageOf(found, ({ name }) => name, { input, paging: fifty });
    return {
      logGroups: items.map(({ name, retentionInDays }) => ({
        logGroupName: name,
        creationTime: createdAt,
        ...(retentionInDays === undefined ? {} : { retentionInDays }),
        metricFilterCount: 0,
        arn: `${arnPrefix}${name}:*`,
        logGroupArn: `${arnPrefix}${name}`,
        logGroupClass: 'STANDARD',
      })),
      ...nextOf(next),
    };
  };

  const read = (group: string, stream: string, from: Reading): LogPage => {
    const found = from.forward
      ? logs.forward(group, stream, from.offset ?? 0)
      : logs.backward(group, stream, from.offset);
    if (found !== undefined) return found;
    streamsOf(group);
    throw missing('stream');
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

  /** By name, or by the time of the last event; ascending unless `descending`. */
  const describeLogStreams = (input: JsonObject): object => {
    const group = text(input, 'logGroupName');
    const prefix = optionalText(input, 'logStreamNamePrefix') ?? '';
    const found = streamsOf(group).filter((stream) => stream.name.startsWith(prefix));
    const isByTime = optionalText(input, 'orderBy') === 'LastEventTime';
    const sorted = found.toSorted((a, b) =>
      isByTime ? a.writtenAt - b.writtenAt : a.name < b.name ? -1 : 1,
    );
    const ordered = flag(input, 'descending') ? sorted.toReversed() : sorted;
    const { items, next } = pageOf(ordered, ({ name }) => name, { input, paging: fifty });
    return {
      logStreams: items.map(({ name, writtenAt }) => ({
        logStreamName: name,
        lastEventTimestamp: Math.round(writtenAt),
        arn: `${arnPrefix}${group}:log-stream:${name}`,
      })),
      ...nextOf(next),
    };
  };

  /** The newest megabyte of each stream, in order of time, a page at a time: what `aws logs tail` asks for. */
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
    const { items, next } = pageOf(found, ({ eventId }) => eventId, { input, paging: tenThousand });
    return { events: items, searchedLogStreams: [], ...nextOf(next) };
  };

  const eventsIn = (group: string, stream: string, input: JsonObject) => {
    const page = logs.backward(group, stream, undefined);
    let offset = page?.start ?? 0;
    const placed = (page?.events ?? []).map((event) => {
      offset += event.bytes;
      return { ...event, offset };
    });
    return within(input, placed).map((event) => ({
      ...wire(event),
      logStreamName: stream,
      timestamp: event.timestamp,
      eventId: createHash('sha256').update(`${stream} ${event.offset}`).digest('hex'),
    }));
  };

  return {
    GetLogEvents: getLogEvents,
    DescribeLogGroups: describeLogGroups,
    DescribeLogStreams: describeLogStreams,
    FilterLogEvents: filterLogEvents,
  };
};

const nextOf = (next: string | undefined): object =>
  next === undefined ? {} : { nextToken: next };

/** A token `f/123` goes on forward, `b/123` backward; without one `startFromHead` says where to begin. */
const readingOf = (input: JsonObject): Reading => {
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

/** The events from `startTime` on and before `endTime`, where the call has them. */
const within = <E extends LogEvent>(input: JsonObject, events: readonly E[]): readonly E[] => {
  const since = optionalNumber(input, 'startTime') ?? 0;
  const until = optionalNumber(input, 'endTime') ?? Number.POSITIVE_INFINITY;
  return events.filter((one) => one.timestamp >= since && one.timestamp < until);
};

const wire = ({ timestamp, message }: LogEvent): object => ({
  timestamp,
  message,
  ingestionTime: timestamp,
});
