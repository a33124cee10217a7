import type { EcsOverrides } from './definition.ts';
import type { DesiredStatus, LastStatus, StopCode, Tag } from './task-view.ts';

export interface EcsTask {
  readonly arn: string;
  readonly clusterArn: string;
  readonly definitionArn: string;
  readonly family: string;
  readonly group: string;
  readonly startedBy?: string;
  readonly tokenKey?: string;
  /** FARGATE or FARGATE_SPOT, requested by strategy or by launch type. */
  readonly provider: string;
  readonly byStrategy: boolean;
  readonly platformVersion: string;
  readonly cpu: string;
  readonly memory: string;
  readonly overrides: EcsOverrides;
  /** Disk and architecture are absent when the definition does not set them. */
  readonly diskGiB?: number;
  readonly architecture?: string;
  readonly enableExecuteCommand: boolean;
  readonly tags: readonly Tag[];
  readonly availabilityZone: string;
  readonly eni: Eni;
  readonly containers: readonly Container[];
  /** The name of the container that the runtime starts. */
  readonly main: string;
  /** What is known about the main container: a `terminate` is ordered only for one that may be alive. */
  readonly mainIs: 'not ordered' | 'ordered' | 'alive' | 'gone';
  readonly stopTimeoutMs: number;
  /** Why the task will fail to start: the sentence of capacity that is found missing late. */
  readonly doom?: string;
  readonly lastStatus: LastStatus;
  readonly desiredStatus: DesiredStatus;
  readonly version: number;
  /** When the model moves this task to its next status; null while the task waits for the runtime or for a call. */
  readonly dueAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  readonly connectivityAt?: number;
  readonly startedAt?: number;
  readonly stoppingAt?: number;
  readonly executionStoppedAt?: number;
  readonly stoppedAt?: number;
  readonly stopCode?: StopCode;
  readonly stoppedReason?: string;
}

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly cpu: string;
  readonly memory?: string;
  readonly lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly exitCode?: number;
  readonly reason?: string;
}

export interface Eni {
  readonly id: string;
  readonly status: 'PRECREATED' | 'ATTACHED' | 'DELETED';
  readonly subnetId: string;
  readonly networkInterfaceId: string;
  readonly macAddress: string;
  readonly privateIPv4Address: string;
}
