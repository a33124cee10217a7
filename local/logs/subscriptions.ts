import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { LineTest } from './filter-pattern.ts';
import type { LogStore } from './log-store.ts';

/** A subscription of a log group: which lines go to which function. */
export interface Subscription {
  readonly name: string;
  readonly group: string;
  readonly matches: LineTest;
  readonly functionName: string;
}

/** The subscriptions of the log groups. */
export interface Subscriptions {
  /** Something was written to a stream. */
  readonly written: (group: string, stream: string) => void;
  readonly stop: () => void;
}

interface Parts {
  readonly account: string;
  readonly store: Pick<LogStore, 'forward'>;
  /** Lambda's queue of asynchronous invocations: it tries a function that fails twice more, and then drops the event. */
  readonly invoke: (functionName: string, payload: string) => void;
  /** Read at each delivery: whether it is skipped, as CloudWatch Logs skips what is logged while a filter is disabled. */
  readonly isSkipped?: () => boolean;
}

/** CloudWatch Logs collects lines before it delivers them, and takes seconds (CloudWatch Logs guide, Subscriptions). */
const collectMs = 300;

/** Fewer lines a delivery keep it under Lambda's 1 MB, as CloudWatch Logs does. */
const mostEvents = 5_000;

/**
 * Delivers the lines of log streams that match a subscription: batches of one stream, as base64 of gzip of JSON. A stream is
 * read once, from its beginning on: what was not delivered when the stack stops is skipped.
 */
export const openSubscriptions = (
  subscriptions: readonly Subscription[],
  parts: Parts,
): Subscriptions => {
  const offsets = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();
  const underWay = new Map<string, NodeJS.Immediate>();

  /** Delivers what there is of a stream, page by page: however much a tool prints, one page is in memory, and other work goes on. */
  const deliver = (subscription: Subscription, stream: string): void => {
    const key = `${subscription.name} ${stream}`;
    if (underWay.has(key) || !deliverPage(subscription, stream)) return;
    const next = setImmediate(() => {
      underWay.delete(key);
      deliver(subscription, stream);
    });
    underWay.set(key, next);
  };

  /** False when there was nothing new. */
  const deliverPage = (subscription: Subscription, stream: string): boolean => {
    const { group } = subscription;
    const key = `${subscription.name} ${stream}`;
    const from = offsets.get(key) ?? 0;
    const page = parts.store.forward(group, stream, from);
    if (page === undefined || page.end === from) return false;
    offsets.set(key, page.end);
    let at = page.start;
    const logEvents = page.events.flatMap(({ timestamp, message, bytes }) => {
      at += bytes;
      return subscription.matches(message) ? [{ id: eventId(stream, at), timestamp, message }] : [];
    });
    for (let first = 0; first < logEvents.length; first += mostEvents) {
      if (parts.isSkipped?.()) break;
      const some = logEvents.slice(first, first + mostEvents);
      parts.invoke(subscription.functionName, payloadOf(subscription, stream, some));
    }
    return true;
  };

  const payloadOf = (
    { group, name }: Subscription,
    logStream: string,
    logEvents: readonly object[],
  ): string => {
    const message = {
      messageType: 'DATA_MESSAGE',
      owner: parts.account,
      logGroup: group,
      logStream,
      subscriptionFilters: [name],
      logEvents,
    };
    const data = gzipSync(JSON.stringify(message)).toString('base64');
    return JSON.stringify({ awslogs: { data } });
  };

  return {
    written: (group, stream) => {
      const key = `${group} ${stream}`;
      const own = subscriptions.filter((one) => one.group === group);
      if (own.length === 0 || timers.has(key)) return;
      const timer = setTimeout(() => {
        timers.delete(key);
        for (const one of own) deliver(one, stream);
      }, collectMs);
      timers.set(key, timer);
    },
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const next of underWay.values()) clearImmediate(next);
    },
  };
};

/** An id of 56 digits, as CloudWatch Logs gives them: the same each time for an event. */
const eventId = (stream: string, offset: number): string => {
  const digest = createHash('sha256').update(`${stream} ${offset}`).digest('hex');
  return BigInt(`0x${digest}`).toString().padStart(56, '0').slice(0, 56);
};
