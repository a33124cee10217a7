import { randomUUID } from 'node:crypto';
import type { JsonService } from '../endpoint/call.ts';
import { AwsError, stopping } from '../endpoint/errors.ts';
import {
  type JsonObject,
  objects,
  optionalNumber,
  optionalText,
  texts,
} from '../endpoint/input.ts';
import type { EventTest } from './pattern.ts';
import { eventTime } from './time.ts';

/** An EventBridge event, whole. */
export type BusEvent = Readonly<Record<string, unknown>>;

/** A rule with a pattern: what it matches on which bus, and what gets the event. */
export interface BusRule {
  readonly name: string;
  readonly bus: string;
  readonly matches: EventTest;
  readonly targets: readonly ((event: BusEvent) => void)[];
}

/** The buses of this machine. */
export interface EventBuses {
  readonly service: JsonService;
  /** Puts an event of an AWS service on the default bus; targets get it in a later turn. */
  readonly emit: (event: BusEvent) => void;
  /** From now on no target gets anything, and who puts events is told so. */
  readonly stop: () => void;
}

/** EventBridge over the rules of the template: an event goes to each target of each rule that matches it. */
export const openBuses = (options: {
  readonly account: string;
  readonly region: string;
  readonly buses: readonly string[];
  readonly rules: readonly BusRule[];
}): EventBuses => {
  let stopped = false;

  const route = (bus: string, event: BusEvent): void => {
    for (const rule of options.rules) {
      if (rule.bus !== bus || !rule.matches(event)) continue;
      for (const target of rule.targets) {
        setImmediate(() => {
          if (!stopped) target(event);
        });
      }
    }
  };

  const put = (entry: JsonObject): object => {
    const fault = entryFault(entry);
    if (fault !== undefined) return fault;
    const bus = (optionalText(entry, 'EventBusName') ?? 'default').replace(
      /^arn:.*event-bus\//,
      '',
    );
    if (!options.buses.includes(bus)) return {};
    const detail = parsedDetail(optionalText(entry, 'Detail') ?? '');
    if (typeof detail !== 'object' || detail === null) {
      return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    }
    const id = randomUUID();
    route(bus, {
      version: '0',
      id,
      'detail-type': optionalText(entry, 'DetailType'),
      source: optionalText(entry, 'Source'),
      account: options.account,
      time: eventTime((optionalNumber(entry, 'Time') ?? Date.now() / 1000) * 1000),
      region: options.region,
      resources: texts(entry, 'Resources'),
      detail,
    });
    return { EventId: id };
  };

  return {
    service: {
      PutEvents: (input) => {
        if (stopped) throw stopping();
        const entries = objects(input, 'Entries');
        if (entries.length < 1 || entries.length > 10) {
          throw new AwsError(
            'ValidationException',
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10, and at least 1",
          );
        }
        const results = entries.map(put);
        return {
          Entries: results,
          FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
        };
      },
    },
    emit: (event) => route('default', event),
    stop: () => {
      stopped = true;
    },
  };
};

const entryFault = (entry: JsonObject): object | undefined => {
  for (const name of ['Source', 'DetailType', 'Detail']) {
    if (optionalText(entry, name) === undefined) {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  return undefined;
};

const parsedDetail = (detail: string): unknown => {
  try {
    return JSON.parse(detail);
  } catch {
    return undefined;
  }
};
