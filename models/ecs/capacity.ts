import { ownOf } from '../own.ts';
import { valuesOf } from '../shards.ts';
import type { EcsTaskDefinition } from './definition.ts';
import { fine, invalidParameter, type Outcome, refused } from './errors.ts';
import type { EcsFailure } from './output.ts';
import type { RunTaskInput } from './run-task-input.ts';
import type { EcsState } from './state.ts';
import type { EcsTask } from './task.ts';

/** What a provider has room for, for one task: it starts, it is accepted but will fail to start, or it is refused. */
export type Room =
  | { readonly is: 'open' }
  | { readonly is: 'open, fails later'; readonly reason: string }
  | { readonly is: 'refused'; readonly failure: EcsFailure };

/** The name of a provider for each requested task (ECS API, RunTask). */
export const providersFor = (
  state: EcsState,
  input: RunTaskInput,
  definition: EcsTaskDefinition,
): Outcome<readonly string[]> => {
  const { capacityProviderStrategy: strategy = [], launchType, count = 1 } = input;
  if (strategy.length > 0 && launchType !== undefined) {
    return refusal(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  const fault =
    strategy.length > 0 ? strategyFault(state, strategy) : launchTypeFault(launchType ?? 'EC2');
  const reason = fault ?? compatibilityFault(definition);
  if (reason !== undefined) return refusal(reason);
  return fine(split(strategy.length > 0 ? strategy : onFargate, count));
};

const onFargate = [{ capacityProvider: 'FARGATE', weight: 1 }];

/** Whether a provider has room for one more task of this many cpu units. */
export const roomFor = (state: EcsState, provider: string, cpu: string): Room => {
  const availability = ownOf(state.availability, provider) ?? { is: 'open' };
  if (availability.is === 'closed') {
    return availability.seen === 'late'
      ? { is: 'open, fails later', reason: availability.reason }
      : { is: 'refused', failure: { reason: availability.reason } };
  }
  const quota = ownOf(state.options.vcpuQuota, provider);
  return quota === undefined || vcpusOf(state, provider) + Number(cpu) / 1024 <= quota
    ? { is: 'open' }
    : { is: 'refused', failure: { reason: overQuota } };
};

/** AWS does not document whether this is an exception or a failure (ECS guide, API failure reasons; ECS API, RunTask). Observed: a failure. */
const overQuota = "You've reached the limit on the number of vCPUs you can run concurrently";

const refusal = (message: string): Outcome<readonly string[]> => refused(invalidParameter(message));

type StrategyItem = NonNullable<RunTaskInput['capacityProviderStrategy']>[number];

const strategyFault = (state: EcsState, strategy: readonly StrategyItem[]): string | undefined => {
  if (strategy.length > 20) {
    return 'A capacity provider strategy can have at most 20 capacity providers.';
  }
  if (strategy.some((each) => ownOf(state.availability, each.capacityProvider) === undefined)) {
    return 'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.';
  }
  if (strategy.some(({ weight, base }) => !within(weight, 1000) || !within(base, 100_000))) {
    return 'A weight must be between 0 and 1000, a base between 0 and 100000.';
  }
  if (strategy.filter(({ base }) => (base ?? 0) > 0).length > 1) {
    return 'Only one capacity provider of a strategy can have a base.';
  }
  return strategy.every(({ weight }) => (weight ?? 0) === 0)
    ? 'At least one capacity provider of a strategy must have a weight greater than zero.'
    : undefined;
};

const within = (value: number | undefined, most: number): boolean =>
  (value ?? 0) >= 0 && (value ?? 0) <= most;

/** Without a strategy the launch type is EC2, because the model's clusters have no default strategy; and they have no machines. */
const launchTypeFault = (launchType: string): string | undefined => {
  if (launchType === 'FARGATE') return undefined;
  return launchType === 'EC2'
    ? 'No Container Instances were found in your cluster.'
    : `Invalid launch type ${launchType}: expected EC2 or FARGATE.`;
};

const compatibilityFault = (definition: EcsTaskDefinition): string | undefined =>
  definition.compatibilities.includes('FARGATE')
    ? undefined
    : 'Task definition does not support launch_type FARGATE.';

/** First the base; then each task goes to the provider that is furthest below its weight. */
const split = (strategy: readonly StrategyItem[], count: number): readonly string[] => {
  const based = strategy.find(({ base }) => (base ?? 0) > 0);
  const first = Math.min(based?.base ?? 0, count);
  const names: string[] = Array.from({ length: first }, () => based?.capacityProvider ?? '');
  const weighted = strategy.filter(({ weight }) => (weight ?? 0) > 0);
  const given = weighted.map(() => 0);
  while (names.length < count) {
    const loads = weighted.map(({ weight }, at) => ((given[at] ?? 0) + 1) / (weight ?? 1));
    const next = loads.indexOf(Math.min(...loads));
    given[next] = (given[next] ?? 0) + 1;
    names.push(weighted[next]?.capacityProvider ?? '');
  }
  return names;
};

const vcpusOf = (state: EcsState, provider: string): number => {
  let units = 0;
  for (const { task } of valuesOf(state.tasks)) {
    if (task.provider === provider && counts(task)) units += Number(task.cpu);
  }
  return units / 1024;
};

const counts = (task: EcsTask): boolean => task.lastStatus !== 'STOPPED';
