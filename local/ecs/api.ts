import type { EcsAction, EcsAnswer } from '../../models/ecs/call.ts';
import { present } from '../../shared/core/present.ts';
import { AwsError } from '../endpoint/errors.ts';
import type { JsonApi } from '../service.ts';
import type { EcsEngine } from './engine.ts';

const actions: readonly EcsAction[] = [
  'DeregisterTaskDefinition',
  'DescribeClusters',
  'DescribeTaskDefinition',
  'DescribeTasks',
  'ListClusters',
  'ListContainerInstances',
  'ListServices',
  'ListTaskDefinitionFamilies',
  'ListTaskDefinitions',
  'ListTasks',
  'RegisterTaskDefinition',
  'RunTask',
  'StopTask',
];

/** The calls of ECS. The model (models/ecs) answers all of them. */
export const ecsApi = ({ call }: Pick<EcsEngine, 'call'>): JsonApi => ({
  kind: 'json',
  actions: Object.fromEntries(
    actions.map((action) => [action, (input: unknown) => outputOf(call(action, input))]),
  ),
});

const outputOf = (answer: EcsAnswer | undefined): object => {
  if (answer?.ok) return answer.output;
  const { code, message, status, extra } = answer?.error ?? {
    code: 'ServerException',
    message: '',
    status: 500,
  };
  throw new AwsError(code, message, { status, ...present({ extra }) });
};
