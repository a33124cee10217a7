import type { Cloud } from './cloud.ts';
import { type Schedule, startSchedules } from './events/schedule.ts';
import { startQueueMapping } from './lambda/queue-mapping.ts';
import { startTrigger } from './lambda/trigger/trigger.ts';
import type { Teardown } from './machine/teardown.ts';
import type { Credentials } from './secrets/users.ts';
import { place } from './template/place.ts';
import type { Plan } from './template/plan.ts';

/** Lets everything flow: queues are polled, schedules run, and the broker's messages come in. */
export const startFlow = (
  plan: Plan,
  cloud: Cloud,
  parts: {
    readonly amqpUrl: () => string;
    readonly credentials: Credentials;
    readonly teardown: Teardown;
    readonly log: (line: string) => void;
  },
): void => {
  const { invoke } = cloud.functions;
  const { log, teardown } = parts;
  for (const mapping of plan.queueMappings) {
    const poller = startQueueMapping(mapping, {
      queues: cloud.queues,
      invoke,
      region: place.region,
    });
    teardown.add(`poller of ${mapping.queueArn}`, poller.stop);
  }
  const schedules = startSchedules(schedulesOf(plan), { invoke, ...place, log });
  teardown.add('schedules', schedules.stop);
  for (const trigger of plan.triggers) {
    const consumer = startTrigger(trigger, { ...parts, invoke });
    teardown.add(`trigger of ${trigger.queue}`, consumer.stop);
  }
};

/** Runs a function of the deployment's own once, before anything flows; returns what went wrong. A template without it is fine. */
export const runOnce = async (
  cloud: Cloud,
  name: string,
  event: object,
): Promise<string | undefined> => {
  const functionName = `${place.stackName}-${name}`;
  if (cloud.functions.find(functionName) === undefined) return undefined;
  const result = await cloud.functions.invoke(functionName, JSON.stringify(event));
  return result.ok ? undefined : `${functionName} failed: ${result.payload.slice(0, 2000)}`;
};

const schedulesOf = (plan: Plan): readonly Schedule[] =>
  plan.rules.flatMap(({ arn, when, targets }) =>
    targets.flatMap((target): Schedule[] => {
      if (when.kind !== 'rate' || target.kind !== 'function') return [];
      const { functionName, input } = target;
      return [{ ruleArn: arn, everyMs: when.everyMs, functionName, input }];
    }),
  );
