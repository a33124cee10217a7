import type { EcsTaskDefinition } from './definition.ts';
import type { EcsTaskView, Tag } from './task-view.ts';

/** The bodies of all answers in one type, with AWS's names; each action has its own members. */
export interface EcsOutput {
  readonly tasks?: readonly EcsTaskView[];
  readonly failures?: readonly EcsFailure[];
  readonly task?: EcsTaskView;
  readonly taskArns?: readonly string[];
  readonly nextToken?: string;
  readonly taskDefinition?: EcsTaskDefinition;
  readonly clusters?: readonly EcsClusterView[];
  readonly clusterArns?: readonly string[];
  readonly containerInstanceArns?: readonly string[];
  readonly families?: readonly string[];
  readonly serviceArns?: readonly string[];
  readonly taskDefinitionArns?: readonly string[];
  readonly tags?: readonly Tag[];
}

export interface EcsFailure {
  readonly arn?: string;
  readonly reason?: string;
  readonly detail?: string;
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
