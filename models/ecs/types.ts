import type { EcsOutput } from './output.ts';

/** A number in [0, 1): the only source of chance in a model. */
export type Rng = () => number;

/** Lower and upper bound of what is drawn with the caller's `Rng`; equal bounds draw a constant. */
export type Range = readonly [from: number, to: number];

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

/** One request of the AWS JSON protocol: `input` is the parsed body, checked by the model. */
export interface EcsCall {
  readonly action: EcsAction;
  readonly input: unknown;
}

export type EcsAnswer =
  | { readonly ok: true; readonly output: EcsOutput }
  | { readonly ok: false; readonly error: EcsError };

/** `code` is AWS's exception name, `status` the HTTP status; `extra` are further members of the error body. */
export interface EcsError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly extra?: { readonly resourceIds: readonly string[] };
}

/**
 * What the owner of the containers must do. After a `start` order the owner reports exactly one of
 * `exited`, `notStarted` or `hostLost`, also when a `terminate` overtook the start.
 * `terminate` is SIGTERM, `kill` SIGKILL; both are for the container that `start` named.
 */
export type RuntimeOrder =
  | {
      readonly kind: 'start';
      readonly taskArn: string;
      readonly container: string;
      /** The role whose keys the containers may ask for; present when definition or override name one. */
      readonly taskRoleArn?: string;
      readonly image: string;
      readonly environment: Readonly<Record<string, string>>;
      /** ECS cpu units: 1024 are one vCPU. */
      readonly cpu: number;
      readonly memoryMiB: number;
      /** ARNs of parameters and secrets by the variables that they become; present when the definition names some. */
      readonly secrets?: Readonly<Record<string, string>>;
      /** Present when definition or override replace the image's own command. */
      readonly command?: readonly string[];
      /** The `awslogs-*` options of the container, empty when its logs go nowhere. */
      readonly logOptions: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'terminate'; readonly taskArn: string }
  | { readonly kind: 'kill'; readonly taskArn: string };

/** What the owner of the containers saw. A report about a task that has stopped is ignored. */
export type RuntimeReport =
  | { readonly kind: 'started'; readonly taskArn: string }
  | {
      readonly kind: 'exited';
      readonly taskArn: string;
      /** 128 + signal for a container that a signal ended: 143 SIGTERM, 137 SIGKILL. */
      readonly exitCode: number;
      readonly outOfMemory?: boolean;
    }
  | { readonly kind: 'notStarted'; readonly taskArn: string; readonly reason: string }
  | { readonly kind: 'hostLost'; readonly taskArn: string; readonly reason: string };

/** `late`: RunTask accepts, and the task stops with TaskFailedToStart while it is provisioned (ECS guide, API failure reasons). */
export type Availability =
  | { readonly is: 'open' }
  | { readonly is: 'closed'; readonly reason: string; readonly seen: 'at once' | 'late' };

/** How long a task stays in a status that the model itself ends, each drawn from a range in ms. */
export interface LifecycleDelays {
  readonly provisioning: Range;
  /** Includes the pull; at its end the `start` order goes out. */
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
  /** Names; each has the capacity providers FARGATE and FARGATE_SPOT. */
  readonly clusters: readonly string[];
  readonly delaysMs: LifecycleDelays;
  /** How far DescribeTasks and ListTasks look into the past: RunTask itself never lags. */
  readonly readLagMs: Range;
  /** How late an event is emitted after its change; a wide range puts events out of order. */
  readonly eventDelayMs: Range;
  /** Share of events in 0–1 that are never emitted, or emitted twice with the same id. */
  readonly eventLoss: number;
  readonly eventDoubles: number;
  readonly throttled: boolean;
  /** Sum of vCPUs that may run at once, per provider; absent means no quota. */
  readonly vcpuQuota: Readonly<Record<string, number>>;
  /** How long a stopped task is described: AWS promises at least an hour (ECS guide, task lifecycle). */
  readonly stoppedRetentionMs: number;
  /** A fixed address for all tasks; without it each gets one of its own in 10.0.0.0/16. */
  readonly privateIPv4Address?: string;
  /** Name of a container that AWS injects in front of ours, like `aws-guardduty-agent-abc12` (ECS guide, task state change events). */
  readonly sidecar?: string;
}
