import type { Range, Rng } from '../random.ts';
import type { EcsOutput } from './output.ts';

export type { Range, Rng };

export type EcsAction =
  | 'RegisterTaskDefinition'
  | 'DeregisterTaskDefinition'
  | 'DescribeTaskDefinition'
  | 'RunTask'
  | 'StopTask'
  | 'DescribeTasks'
  | 'ListTasks'
  | 'DescribeClusters'
  | 'ListClusters'
  | 'ListContainerInstances'
  | 'ListServices'
  | 'ListTaskDefinitionFamilies'
  | 'ListTaskDefinitions';

/** One request of the AWS JSON protocol: `input` is the parsed body, which the model checks. */
export interface EcsCall {
  readonly action: EcsAction;
  readonly input: unknown;
}

export type EcsAnswer =
  | { readonly ok: true; readonly output: EcsOutput }
  | { readonly ok: false; readonly error: EcsError };

/** `code` is AWS's exception name, `status` the HTTP status; `extra` has further members of the error body. */
export interface EcsError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly extra?: { readonly resourceIds: readonly string[] };
}

/**
 * What the runtime, which owns the containers, must do. After a `start` order it reports exactly one of
 * `exited`, `notStarted` or `hostLost`, also when a `terminate` came before the start was done.
 * `terminate` is SIGTERM and `kill` is SIGKILL, both for the container that `start` named.
 */
export type RuntimeOrder =
  | {
      readonly kind: 'start';
      readonly taskArn: string;
      readonly container: string;
      /** The role whose keys the containers may request; present when the definition or the override names one. */
      readonly taskRoleArn?: string;
      readonly image: string;
      readonly environment: Readonly<Record<string, string>>;
      /** ECS cpu units: 1024 are one vCPU. */
      readonly cpu: number;
      readonly memoryMiB: number;
      /** The ARNs of parameters and secrets, by the names of their environment variables; present when the definition has some. */
      readonly secrets?: Readonly<Record<string, string>>;
      /** Present when the definition or the override replaces the image's own command. */
      readonly command?: readonly string[];
      /** The `awslogs-*` options of the container, empty when its logs are not kept. */
      readonly logOptions: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'terminate'; readonly taskArn: string }
  | { readonly kind: 'kill'; readonly taskArn: string };

/** What the runtime saw. A report about a stopped task is ignored. */
export type RuntimeReport =
  | { readonly kind: 'started'; readonly taskArn: string }
  | {
      readonly kind: 'exited';
      readonly taskArn: string;
      /** 128 + the signal's number for a container that a signal ended: 143 is SIGTERM, 137 is SIGKILL. */
      readonly exitCode: number;
      readonly outOfMemory?: boolean;
    }
  | { readonly kind: 'notStarted'; readonly taskArn: string; readonly reason: string }
  | { readonly kind: 'hostLost'; readonly taskArn: string; readonly reason: string };

/** `late`: RunTask accepts the task, and the task stops with TaskFailedToStart in PROVISIONING (ECS guide, API failure reasons). */
export type Availability =
  | { readonly is: 'open' }
  | { readonly is: 'closed'; readonly reason: string; readonly seen: 'at once' | 'late' };

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
