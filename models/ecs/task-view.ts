import type { EcsOverrides, NamedValue } from './definition.ts';

/** The statuses of a task in their order (ECS guide, task lifecycle). */
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

/** What answers and events both show of a task. `Time` is epoch seconds in answers, ISO in events. */
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
 * A task in the answers of RunTask, StopTask and DescribeTasks. Most members are optional because the
 * answer to a repeated token shows of a stopped task only `taskArn`, `lastStatus` and `desiredStatus`
 * (ECS guide, idempotency).
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

/** The EventBridge envelope of `ECS Task State Change` (ECS guide, task state change events); `detail.version` gives the order. */
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

export interface Tag {
  readonly key: string;
  readonly value?: string;
}
