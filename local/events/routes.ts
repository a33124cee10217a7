import type { AsyncInvocations } from '../lambda/async.ts';
import type { Queues } from '../sqs/queues.ts';
import type { RulePlan } from './plan.ts';
import type { BusEvent, BusRule } from './router.ts';

/** The template's rules with a pattern, connected to the queues and functions that are their targets. */
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
