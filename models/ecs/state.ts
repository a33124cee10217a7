import { emptyShards, entryOf, type Shards, withEntry } from '../shards.ts';
import type { Availability } from './availability.ts';
import type { EcsTaskDefinition } from './definition.ts';
import type { EcsOptions } from './options.ts';
import type { EcsFailure } from './output.ts';
import type { EcsTask } from './task.ts';
import type { EcsEvent } from './task-view.ts';

/** The whole state of ECS, as one plain JSON value that never changes in place. */
export interface EcsState {
  readonly options: EcsOptions;
  readonly definitions: Readonly<Record<string, readonly EcsTaskDefinition[]>>;
  /** By task ARN. */
  readonly tasks: Shards<Kept>;
  /** By `<cluster> <clientToken>`. */
  readonly tokens: Shards<Token>;
  readonly availability: Readonly<Record<string, Availability>>;
  /** Machines of host-backed capacity providers; none yet. */
  readonly hosts: readonly Host[];
  readonly buckets: Readonly<Record<string, Bucket>>;
  /** When the model moves a task to its next status; sorted. Some may no longer apply: the task's `dueAt` decides. */
  readonly timers: readonly Timer[];
  /** Events that the options delay; sorted. */
  readonly delayed: readonly DelayedEvent[];
  /** When tasks and tokens can be forgotten; sorted. */
  readonly expiries: readonly Expiry[];
}

/** A task and, where reads lag, its earlier values, each with the time at which it was replaced. */
export interface Kept {
  readonly task: EcsTask;
  readonly past: readonly { readonly until: number; readonly task: EcsTask }[];
}

/** A machine of a host-backed provider. A task gets whole GPUs, or MiB of one (ECS guide, GPUs). */
export interface Host {
  readonly arn: string;
  readonly ec2InstanceId: string;
  readonly provider: string;
  readonly status: 'BOOTING' | 'ACTIVE' | 'DRAINING';
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly gpus: readonly { readonly id: string; readonly memoryMiB: number }[];
}

export interface Token {
  readonly fingerprint: string;
  readonly taskArns: readonly string[];
  readonly failures: readonly EcsFailure[];
  readonly createdAt: number;
  /** When the last of its tasks stopped; equals `createdAt` for a call that started no task. */
  readonly endedAt?: number;
}

/** A token bucket as it was at `at`. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export interface Timer {
  readonly at: number;
  readonly taskArn: string;
}

export interface DelayedEvent {
  readonly at: number;
  readonly event: EcsEvent;
}

export interface Expiry {
  readonly at: number;
  readonly what: 'task' | 'token';
  readonly key: string;
}

export const emptyState = (options: EcsOptions): EcsState => ({
  options,
  definitions: {},
  tasks: emptyShards(),
  tokens: emptyShards(),
  availability: { FARGATE: { is: 'open' }, FARGATE_SPOT: { is: 'open' } },
  hosts: [],
  buckets: {},
  timers: [],
  delayed: [],
  expiries: [],
});

export const taskOf = (state: EcsState, arn: string): EcsTask | undefined =>
  entryOf(state.tasks, arn)?.task;

/** The state with a new value of the task. The old value is kept as long as a lagging read may need it. */
export const withTask = (state: EcsState, task: EcsTask): EcsState => {
  const kept = entryOf(state.tasks, task.arn);
  const past = kept === undefined ? [] : pastOf(kept, task.updatedAt, state.options.readLagMs[1]);
  return { ...state, tasks: withEntry(state.tasks, task.arn, { task, past }) };
};

export const withToken = (state: EcsState, key: string, token: Token): EcsState => ({
  ...state,
  tokens: withEntry(state.tokens, key, token),
});

/** A copy of a sorted list with one more item, after all items that are not later. */
export const insertedByTime = <T extends { readonly at: number }>(
  list: readonly T[],
  item: T,
): readonly T[] => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.at ?? 0) <= item.at) low = middle + 1;
    else high = middle;
  }
  return low === list.length ? [...list, item] : list.toSpliced(low, 0, item);
};

const pastOf = (kept: Kept, now: number, longestLagMs: number): Kept['past'] => {
  if (longestLagMs === 0) return [];
  const wanted = kept.past.filter((view) => view.until >= now - longestLagMs);
  return [...wanted, { until: now, task: kept.task }];
};
