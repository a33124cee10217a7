import { randomUUID } from 'node:crypto';
import { present } from '../../shared/core/present.ts';
import { AwsError, stopping } from '../endpoint/errors.ts';
import {
  type JsonObject,
  objects,
  optionalNumber,
  optionalText,
  text,
  texts,
} from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import type { JsonApi } from '../service.ts';
import { awsAccount } from '../template/aws-account.ts';
import { arn } from '../template/identity.ts';
import type { EventsPlan, RulePlan } from './plan.ts';
import type { EventRouter } from './router.ts';
import { eventTime } from './time.ts';

/** A page of EventBridge's lists has 100 items at most (EventBridge API reference). */
const paging: Paging = {
  size: 'Limit',
  token: 'NextToken',
  usual: 100,
  most: 100,
  badToken: 'ValidationException',
};

/** The calls of EventBridge: PutEvents, and those that read the buses, the enabled rules and their targets. */
export const eventsApi = ({ rules, buses }: EventsPlan, router: EventRouter): JsonApi => {
  const putEvents = (input: JsonObject): object => {
    if (router.isStopped()) throw stopping();
    const entries = objects(input, 'Entries');
    if (entries.length < 1 || entries.length > 10) {
      throw new AwsError(
        'ValidationException',
        "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10, and at least 1",
      );
    }
    const results = entries.map((entry) => putEntry(entry, buses, router));
    return {
      Entries: results,
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
    };
  };

  const onBus = (input: JsonObject): readonly RulePlan[] => {
    const bus = busIn(input);
    if (!buses.includes(bus)) {
      throw new AwsError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
    }
    return rules.filter((rule) => rule.bus === bus).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  };

  const listRules = (input: JsonObject): object => {
    const prefix = optionalText(input, 'NamePrefix') ?? '';
    const found = onBus(input).filter(({ name }) => name.startsWith(prefix));
    const { items, next } = pageOf(found, ({ name }) => name, { input, paging });
    return {
      Rules: items.map(({ name, arn, bus, source }) => ({
        Name: name,
        Arn: arn,
        EventBusName: bus,
        State: 'ENABLED',
        ...source,
      })),
      ...present({ NextToken: next }),
    };
  };

  const listTargets = (input: JsonObject): object => {
    const name = text(input, 'Rule');
    const rule = onBus(input).find((one) => one.name === name);
    if (rule === undefined) {
      throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus.`);
    }
    return {
      Targets: rule.targets.map(({ id, arn, input }) => ({
        Id: id,
        Arn: arn,
        ...present({ Input: input }),
      })),
    };
  };

  const listBuses = (input: JsonObject): object => {
    const { items, next } = pageOf(buses, (name) => name, { input, paging });
    return {
      EventBuses: items.map((name) => ({
        Name: name,
        Arn: arn('events', awsAccount, `event-bus/${name}`),
      })),
      ...present({ NextToken: next }),
    };
  };

  return {
    kind: 'json',
    actions: {
      ListEventBuses: listBuses,
      ListRules: listRules,
      ListTargetsByRule: listTargets,
      PutEvents: putEvents,
    },
  };
};

const busIn = (input: JsonObject): string =>
  (optionalText(input, 'EventBusName') ?? 'default').replace(/^arn:.*event-bus\//, '');

/** Puts one entry on its bus and returns its result. An entry for an unknown bus gets no id, as at AWS. */
const putEntry = (entry: JsonObject, buses: readonly string[], router: EventRouter): object => {
  const fault = entryFault(entry);
  if (fault !== undefined) return fault;
  const bus = busIn(entry);
  if (!buses.includes(bus)) return {};
  const detail = parsedDetail(optionalText(entry, 'Detail') ?? '');
  if (typeof detail !== 'object' || detail === null) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  const id = randomUUID();
  const event = {
    version: '0',
    id,
    'detail-type': optionalText(entry, 'DetailType'),
    source: optionalText(entry, 'Source'),
    account: awsAccount.account,
    time: eventTime((optionalNumber(entry, 'Time') ?? Date.now() / 1000) * 1000),
    region: awsAccount.region,
    resources: texts(entry, 'Resources'),
    detail,
  };
  router.emit(event, bus);
  return { EventId: id };
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
