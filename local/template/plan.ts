import type { TableSpec } from '../dynamodb/api.ts';
import { type RulePlan, rulesOf } from '../events/plan.ts';
import { policiesOf, type RolePolicies } from '../iam/policies.ts';
import { type AsyncPlan, asyncPlanOf, functionsOf, type PlannedFunction } from '../lambda/plan.ts';
import { queueMappingsOf, type TriggerPlan, triggersOf } from '../lambda/plan-mappings.ts';
import type { QueueMapping } from '../lambda/queue-mapping.ts';
import type { QueueSpec } from '../sqs/queues.ts';
import { withoutMeaning } from './identities.ts';
import { queuesOf, tablesOf } from './plan-stores.ts';
import { isDriven, refuseUnknown } from './supported-properties.ts';
import { numberAt, type Resolved, type Resource, refuse, textAt } from './types.ts';

/** Everything that the local stack starts, read from the resolved template and from nowhere else. */
export interface Plan {
  readonly functions: readonly PlannedFunction[];
  readonly async: ReadonlyMap<string, AsyncPlan>;
  readonly tables: readonly TableSpec[];
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly queues: readonly QueueSpec[];
  readonly queueMappings: readonly QueueMapping[];
  readonly triggers: readonly TriggerPlan[];
  readonly rules: readonly RulePlan[];
  readonly buses: readonly string[];
  readonly logGroups: readonly LogGroupPlan[];
  /** What the sessions of roles may do. */
  readonly policies: RolePolicies;
}

/** A log group of the template; without `retentionInDays` it keeps everything. */
export interface LogGroupPlan {
  readonly name: string;
  readonly retentionInDays?: number;
}

/** Reads the plan; a resource or a setting that would be ignored here is refused by its place. */
export const planOf = (resolved: Resolved): Plan => {
  for (const { logicalId, type, properties } of resolved.resources) {
    refuseUnknown(type, properties, logicalId);
    if (!isDriven(type) && !withoutMeaning.has(type)) {
      throw refuse(
        logicalId,
        `the local AWS does nothing with ${type}; teach it in local/template.`,
      );
    }
  }
  const mappings = ofType(resolved, 'AWS::Lambda::EventSourceMapping');
  const functions = functionsOf(ofType(resolved, 'AWS::Lambda::Function'));
  return {
    functions,
    async: asyncPlanOf(ofType(resolved, 'AWS::Lambda::EventInvokeConfig')),
    tables: tablesOf(ofType(resolved, 'AWS::DynamoDB::Table')),
    parameters: parametersOf(ofType(resolved, 'AWS::SSM::Parameter')),
    queues: queuesOf(ofType(resolved, 'AWS::SQS::Queue')),
    queueMappings: queueMappingsOf(mappings),
    triggers: triggersOf(mappings),
    rules: rulesOf(ofType(resolved, 'AWS::Events::Rule')),
    buses: busesOf(ofType(resolved, 'AWS::Events::EventBus')),
    logGroups: logGroupsOf(ofType(resolved, 'AWS::Logs::LogGroup'), functions),
    policies: policiesOf(resolved.resources),
  };
};

const ofType = (resolved: Resolved, type: string): readonly Resource[] =>
  resolved.resources.filter((resource) => resource.type === type);

const parametersOf = (resources: readonly Resource[]): Plan['parameters'] =>
  resources.map(({ logicalId, properties }) => ({
    name: textAt(properties.Name, `${logicalId}.Name`),
    value: textAt(properties.Value, `${logicalId}.Value`),
  }));

const busesOf = (resources: readonly Resource[]): readonly string[] => [
  'default',
  ...resources.map(({ logicalId, properties }) => textAt(properties.Name, `${logicalId}.Name`)),
];

const logGroupsOf = (
  resources: readonly Resource[],
  functions: readonly PlannedFunction[],
): readonly LogGroupPlan[] => {
  const own = resources.map(({ logicalId, properties }): LogGroupPlan => {
    const name = textAt(properties.LogGroupName ?? logicalId, `${logicalId}.LogGroupName`);
    const days = properties.RetentionInDays;
    const retentionInDays = numberAt(days, `${logicalId}.RetentionInDays`, 0);
    return days === undefined ? { name } : { name, retentionInDays };
  });
  // A function without a group of its own in the template gets one from Lambda when it first runs.
  const others = functions
    .map(({ logGroup }) => logGroup)
    .filter((name) => own.every((group) => group.name !== name));
  return [...own, ...others.map((name) => ({ name }))];
};
