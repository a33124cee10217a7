import type { EcsOutput } from './output.ts';

/** The actions that the model answers. */
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

/** What ECS answers to a call: its output, or one of its exceptions as a value. */
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
