import type { Cloud } from './cloud.ts';
import { scheduledEvent } from './events/schedule.ts';
import { movedTags, pinFirstVersions, provideParameters } from './ssm/first-pins.ts';
import { awsAccount } from './template/aws-account.ts';
import type { Plan } from './template/plan.ts';

/**
 * What a deployment does once the services are there, before anything flows: it puts the parameters, pins first versions, and
 * runs `topology` and `release`. Throws an error if the queues could not be declared, or when the signal aborts.
 */
export const deploy = async (
  plan: Plan,
  cloud: Cloud,
  {
    log,
    signal,
  }: { readonly log: (line: string) => void; readonly signal: AbortSignal | undefined },
): Promise<void> => {
  const { parameters } = plan.ssm;
  provideParameters(cloud.parameters, parameters);
  const pinned = await pinFirstVersions(cloud.parameters, parameters, cloud.images);
  if (pinned.length > 0) log(`pinned ${pinned.map((tool) => `${tool} 1.0.0`).join(', ')}`);
  log('declaring queues and users (topology) …');
  const undeclared = await runOnce(cloud, 'topology', {});
  signal?.throwIfAborted();
  if (undeclared !== undefined) throw new Error(undeclared);
  log('releasing the pinned versions (release) …');
  const unreleased = await runOnce(cloud, 'release', scheduledEvent('local-start', awsAccount));
  signal?.throwIfAborted();
  if (unreleased !== undefined) log(unreleased);
  for (const moved of await movedTags(cloud.parameters, parameters, cloud.images)) {
    log(`${moved} was edited after it was pinned; to run the edited image: npx davit pin ${moved}`);
  }
};

/** Runs a function of the deployment and returns why it failed. A template without the function is fine. */
const runOnce = async (cloud: Cloud, name: string, event: object): Promise<string | undefined> => {
  const functionName = `${awsAccount.stackName}-${name}`;
  if (cloud.functions.find(functionName) === undefined) return undefined;
  const result = await cloud.functions.invoke(functionName, JSON.stringify(event));
  return result.ok ? undefined : `${functionName} failed: ${result.payload.slice(0, 2000)}`;
};
