import { randomUUID } from 'node:crypto';
import type { AsyncInvocations } from '../lambda/async.ts';
import type { Queues } from '../sqs/queues.ts';
import type { ParameterChange } from '../ssm/api.ts';
import type { Place } from '../template/types.ts';
import type { BusEvent, BusRule } from './bus.ts';
import type { RulePlan } from './plan.ts';
import { eventTime } from './time.ts';

/** The template's rules of events, bound to the queues and functions that they feed. */
export const busRules = (
  rules: readonly RulePlan[],
  queues: Queues,
  asynchronous: AsyncInvocations,
): readonly BusRule[] =>
  rules.flatMap((rule): BusRule[] => {
    if (rule.when.kind !== 'event') return [];
    const targets = rule.targets.map((target) => (event: BusEvent) => {
      const body = target.input ?? JSON.stringify(event);
      if (target.kind === 'queue') queues.send(target.queueArn, body);
      else asynchronous.invoke(target.functionName, body);
    });
    return [{ name: rule.name, bus: rule.bus, matches: rule.when.matches, targets }];
  });

/** The event that a change of a parameter is told by (SSM user guide, "Reference: EventBridge event patterns"). */
export const parameterEvent = (change: ParameterChange, { account, region }: Place): BusEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Parameter Store Change',
  source: 'aws.ssm',
  account,
  time: eventTime(Date.now()),
  region,
  resources: [
    `arn:aws:ssm:${region}:${account}:parameter${change.name.startsWith('/') ? '' : '/'}${change.name}`,
  ],
  detail: change,
});
