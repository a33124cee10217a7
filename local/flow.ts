import type { Cloud } from './cloud.ts';
import { type Schedule, startSchedules } from './events/schedule.ts';
import { startQueueMapping } from './lambda/queue-mapping.ts';
import { startTrigger } from './lambda/trigger/trigger.ts';
import type { Teardown } from './machine/teardown.ts';
import type { BrokerLogin } from './secrets/users.ts';
import { awsAccount } from './template/aws-account.ts';
import type { Plan } from './template/plan.ts';

/** Starts everything that invokes functions: pollers of queues, schedules, and consumers of the broker's messages. */
export const startFlow = (
  plan: Plan,
  cloud: Cloud,
  parts: {
    readonly amqpUrl: () => string;
    readonly credentials: BrokerLogin;
    readonly teardown: Teardown;
    readonly log: (line: string) => void;
  },
): void => {
  const { invoke } = cloud.functions;
  const { log, teardown } = parts;
  for (const mapping of plan.lambda.queueMappings) {
    const poller = startQueueMapping(mapping, {
      queues: cloud.queues,
      invoke,
      region: awsAccount.region,
    });
    teardown.add(`poller of ${mapping.queueArn}`, poller.stop);
  }
  const schedules = startSchedules(schedulesOf(plan), { invoke, ...awsAccount, log });
  teardown.add('schedules', schedules.stop);
  for (const trigger of plan.lambda.triggers) {
    const consumer = startTrigger(trigger, { ...parts, invoke });
    teardown.add(`trigger of ${trigger.queue}`, consumer.stop);
  }
};

const schedulesOf = (plan: Plan): readonly Schedule[] =>
  plan.events.rules.flatMap(({ arn, when, targets }) =>
    targets.flatMap((target): Schedule[] => {
      if (when.kind !== 'rate' || target.kind !== 'function') return [];
      const { functionName, input } = target;
      return [{ ruleArn: arn, everyMs: when.everyMs, functionName, input }];
    }),
  );
