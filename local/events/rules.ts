import type { JsonService } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import { type JsonObject, optionalText, text } from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import type { Plan } from '../template/plan.ts';
import type { Place } from '../template/types.ts';
import type { RulePlan } from './plan.ts';

/** EventBridge's lists give 100 at the most (EventBridge API reference). */
const paging: Paging = {
  size: 'Limit',
  token: 'NextToken',
  usual: 100,
  most: 100,
  badToken: 'ValidationException',
};

/** EventBridge's questions about what the template has: buses, enabled rules and their targets. */
export const rulesService = (
  { rules, buses }: Pick<Plan, 'rules' | 'buses'>,
  { account, region }: Place,
): JsonService => {
  const onBus = (input: JsonObject): readonly RulePlan[] => {
    const bus = busNamed(input);
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
      Rules: items.map(({ name, arn, bus, words }) => ({
        Name: name,
        Arn: arn,
        EventBusName: bus,
        State: 'ENABLED',
        ...words,
      })),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  };

  const listTargets = (input: JsonObject): object => {
    const name = text(input, 'Rule');
    const rule = onBus(input).find((one) => one.name === name);
    if (rule === undefined) {
      throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus.`);
    }
    return {
      Targets: rule.targets.map((target) => ({
        Id: target.id,
        Arn: target.arn,
        ...(target.input === undefined ? {} : { Input: target.input }),
      })),
    };
  };

  const listBuses = (input: JsonObject): object => {
    const { items, next } = pageOf(buses, (name) => name, { input, paging });
    return {
      EventBuses: items.map((name) => ({
        Name: name,
        Arn: `arn:aws:events:${region}:${account}:event-bus/${name}`,
      })),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  };

  return { ListRules: listRules, ListTargetsByRule: listTargets, ListEventBuses: listBuses };
};

const busNamed = (input: JsonObject): string =>
  (optionalText(input, 'EventBusName') ?? 'default').replace(/^arn:.*event-bus\//, '');
