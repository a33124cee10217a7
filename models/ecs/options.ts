import type { Range } from '../random.ts';

/** How long a task stays in each status that the model itself ends: ranges in ms. */
export interface LifecycleDelays {
  readonly provisioning: Range;
  /** Includes the pull of the image; the `start` order follows it. */
  readonly pending: Range;
  /** From the report `started` to lastStatus RUNNING. */
  readonly activating: Range;
  /** From desiredStatus STOPPED to DEACTIVATING, while lastStatus is still RUNNING. */
  readonly stopAsked: Range;
  readonly deactivating: Range;
  /** From the container's end to DEPROVISIONING. */
  readonly stopping: Range;
  readonly deprovisioning: Range;
}

/** How this ECS behaves: one account and region, its clusters, delays, losses and limits. */
export interface EcsOptions {
  readonly account: string;
  readonly region: string;
  /** The names; each cluster has the capacity providers FARGATE and FARGATE_SPOT. */
  readonly clusters: readonly string[];
  readonly delaysMs: LifecycleDelays;
  /** How old the state is that DescribeTasks and ListTasks show; RunTask itself never lags. */
  readonly readLagMs: Range;
  /** The time from a change to its event; with a wide range, events come out of order. */
  readonly eventDelayMs: Range;
  /** The share of events, 0 to 1, that are never emitted, and that are emitted twice with the same id. */
  readonly eventLoss: number;
  readonly eventDoubles: number;
  readonly throttled: boolean;
  /** The most vCPUs that may run at the same time, by provider; a provider that is not listed has no quota. */
  readonly vcpuQuota: Readonly<Record<string, number>>;
  /** How long DescribeTasks shows a stopped task: at AWS at least an hour (ECS guide, task lifecycle). */
  readonly stoppedRetentionMs: number;
  /** One fixed address for all tasks; without it each task gets its own address in 10.0.0.0/16. */
  readonly privateIPv4Address?: string;
  /** The name of a container that AWS adds before ours, like `aws-guardduty-agent-abc12` (ECS guide, task state change events). */
  readonly sidecar?: string;
}
