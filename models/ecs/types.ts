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
  | 'DescribeClusters';

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

/** The bodies of all answers in one type, by wire name; each action fills its own members. */
export interface EcsOutput {
  readonly tasks?: readonly EcsTaskView[];
  readonly failures?: readonly EcsFailure[];
  readonly task?: EcsTaskView;
  readonly taskArns?: readonly string[];
  readonly nextToken?: string;
  readonly taskDefinition?: EcsTaskDefinition;
  readonly clusters?: readonly EcsClusterView[];
  readonly tags?: readonly Tag[];
}

export interface EcsFailure {
  readonly arn?: string;
  readonly reason?: string;
  readonly detail?: string;
}

export interface Tag {
  readonly key: string;
  readonly value?: string;
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** facts § 3.3, in the order in which a task passes through them. */
export type LastStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export type DesiredStatus = 'RUNNING' | 'STOPPED';

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'SpotInterruption'
  | 'TerminationNotice'
  | 'InfrastructureHealth';

export interface Attachment {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly details: readonly NamedValue[];
}

export interface ContainerView {
  readonly containerArn: string;
  readonly taskArn: string;
  readonly name: string;
  readonly image: string;
  readonly lastStatus: string;
  readonly runtimeId?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly networkInterfaces: readonly {
    readonly attachmentId: string;
    readonly privateIpv4Address: string;
  }[];
  readonly cpu: string;
  readonly memory?: string;
}

/** What an answer and an event say alike about a task. `Time` is epoch seconds in answers, ISO in events. */
export interface TaskFields<Time> {
  readonly attachments: readonly Attachment[];
  readonly attributes: readonly NamedValue[];
  readonly availabilityZone: string;
  readonly capacityProviderName?: string;
  readonly clusterArn: string;
  readonly connectivity?: string;
  readonly connectivityAt?: Time;
  readonly containers: readonly ContainerView[];
  readonly cpu: string;
  readonly createdAt: Time;
  readonly desiredStatus: DesiredStatus;
  readonly enableExecuteCommand: boolean;
  readonly ephemeralStorage?: { readonly sizeInGiB: number };
  readonly executionStoppedAt?: Time;
  readonly group: string;
  readonly lastStatus: LastStatus;
  readonly launchType: string;
  readonly memory: string;
  readonly overrides: EcsOverrides;
  readonly platformVersion?: string;
  readonly pullStartedAt?: Time;
  readonly pullStoppedAt?: Time;
  readonly startedAt?: Time;
  readonly startedBy?: string;
  readonly stopCode?: StopCode;
  readonly stoppedAt?: Time;
  readonly stoppedReason?: string;
  readonly stoppingAt?: Time;
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly version: number;
}

/**
 * A task as RunTask, StopTask and DescribeTasks answer it. The replay of a token whose task has
 * stopped is thin: only `taskArn`, `lastStatus`, `desiredStatus` (facts § 2.1), hence the partial.
 */
export interface EcsTaskView extends Partial<TaskFields<number>> {
  readonly taskArn: string;
  readonly lastStatus: LastStatus;
  readonly desiredStatus: DesiredStatus;
  readonly platformFamily?: string;
  readonly healthStatus?: string;
  readonly tags?: readonly Tag[];
}

export type EcsTaskDetail = TaskFields<string> & { readonly updatedAt: string };

/** The EventBridge envelope of `ECS Task State Change` (facts § 3.2); order by `detail.version`. */
export interface EcsEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'ECS Task State Change';
  readonly source: 'aws.ecs';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: EcsTaskDetail;
}

export interface EcsOverrides {
  readonly containerOverrides: readonly ContainerOverride[];
  readonly cpu?: string;
  readonly memory?: string;
}

export interface ContainerOverride {
  readonly name: string;
  readonly command?: readonly string[];
  readonly environment?: readonly NamedValue[];
  readonly cpu?: number;
  readonly memory?: number;
}

/** As registered, with what ECS adds; members that the model does not read are kept as they came. */
export interface EcsTaskDefinition {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly requiresCompatibilities?: readonly string[];
  readonly compatibilities: readonly string[];
  readonly networkMode: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  /** Epoch seconds. */
  readonly registeredAt: number;
  readonly deregisteredAt?: number;
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential?: boolean | null;
  readonly command?: readonly string[] | null;
  readonly environment?: readonly NamedValue[] | null;
  readonly cpu?: number | null;
  readonly memory?: number | null;
  readonly stopTimeout?: number | null;
}

export interface EcsClusterView {
  readonly clusterArn: string;
  readonly clusterName: string;
  readonly status: 'ACTIVE';
  readonly registeredContainerInstancesCount: number;
  readonly runningTasksCount: number;
  readonly pendingTasksCount: number;
  readonly activeServicesCount: number;
  readonly capacityProviders: readonly string[];
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
      readonly image: string;
      readonly environment: Readonly<Record<string, string>>;
      /** ECS cpu units: 1024 are one vCPU. */
      readonly cpu: number;
      readonly memoryMiB: number;
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

/** `late`: RunTask accepts, and the task stops with TaskFailedToStart while it is provisioned (facts § 2.3). */
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
  /** How long a stopped task is described: AWS promises at least an hour (facts § 3.3). */
  readonly stoppedRetentionMs: number;
  /** A fixed address for all tasks; without it each gets one of its own in 10.0.0.0/16. */
  readonly privateIPv4Address?: string;
  /** Name of a container that AWS injects in front of ours, like `aws-guardduty-agent-abc12` (facts § 3.2). */
  readonly sidecar?: string;
}
