import type { JsonObject } from '../endpoint/input.ts';
import {
  arnFor,
  forEach,
  listIn,
  type Need,
  type NeedSite,
  type NeedsOf,
  nameIn,
  objectIn,
  textIn,
} from './need.ts';

/** ECS's actions (Service Authorization Reference, Amazon Elastic Container Service). */
export const ecsNeeds: Readonly<Record<string, NeedsOf>> = {
  RunTask: (input, site) => {
    const given = textIn(input, 'taskDefinition');
    // IAM checks the revision that a name resolves to (ECS developer guide, since 2024-03-21).
    const definition = site.definition(given);
    const resource =
      definition?.taskDefinitionArn ??
      arnFor(site, 'ecs', { given, rest: `task-definition/${given}` });
    const overrides = objectIn(input, 'overrides');
    const role = (name: string) => textIn(overrides, name) || textIn({ ...definition }, name);
    return [
      { action: 'ecs:RunTask', resource, context: inCluster(input, site) },
      ...passing([role('taskRoleArn'), role('executionRoleArn')]),
      ...tagging(input, { creates: 'RunTask', resource: taskArn(input, site, 'one-to-come') }),
    ];
  },
  StopTask: (input, site) => [
    {
      action: 'ecs:StopTask',
      resource: taskArn(input, site, textIn(input, 'task')),
      context: inCluster(input, site),
    },
  ],
  DescribeTasks: (input, site) =>
    forEach(listIn(input, 'tasks'), (task) => ({
      action: 'ecs:DescribeTasks',
      resource: taskArn(input, site, typeof task === 'string' ? task : ''),
      context: inCluster(input, site),
    })),
  ListTasks: (input, site) => [
    {
      action: 'ecs:ListTasks',
      resource: clusterArn(input, site)
        .replace(':cluster/', ':container-instance/')
        .concat('/', nameIn(textIn(input, 'containerInstance'))),
      context: inCluster(input, site),
    },
  ],
  RegisterTaskDefinition: (input, site) => {
    // The revision is not known before the call, so any number is used.
    const rest = `task-definition/${textIn(input, 'family')}:1`;
    const resource = arnFor(site, 'ecs', { given: '', rest });
    return [
      { action: 'ecs:RegisterTaskDefinition', resource },
      ...passing([textIn(input, 'taskRoleArn'), textIn(input, 'executionRoleArn')]),
      ...tagging(input, { creates: 'RegisterTaskDefinition', resource }),
    ];
  },
};

const inCluster = (input: JsonObject, site: NeedSite) => ({
  'ecs:cluster': clusterArn(input, site),
});

const clusterArn = (input: JsonObject, site: NeedSite): string => {
  // Without a cluster ECS uses `default`. Of an ARN only the name counts.
  const name = nameIn(textIn(input, 'cluster') || 'default');
  return arnFor(site, 'ecs', { given: '', rest: `cluster/${name}` });
};

// A caller that lets ECS start a container with a role passes that role on (IAM user guide, PassRole).
const passing = (roles: readonly string[]): readonly Need[] =>
  [...new Set(roles)]
    .filter((role) => role !== '')
    .map((role) => ({
      action: 'iam:PassRole',
      resource: role,
      context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    }));

// A call that creates a resource with tags needs permission to tag it (ECS developer guide, supported-iam-actions-tagging).
const tagging = (
  input: JsonObject,
  { creates, resource }: { readonly creates: string; readonly resource: string },
): readonly Need[] =>
  listIn(input, 'tags').length === 0
    ? []
    : [{ action: 'ecs:TagResource', resource, context: { 'ecs:CreateAction': creates } }];

const taskArn = (input: JsonObject, site: NeedSite, given: string): string =>
  arnFor(site, 'ecs', { given, rest: `task/${nameIn(clusterArn(input, site))}/${given}` });
