import { isObject } from '../../models/object.ts';
import type { JsonObject } from '../endpoint/input.ts';
import { listAt, objectAt, type Resource, refuse, textAt } from '../template/types.ts';
import { judgedServices, knownKeys } from './needs.ts';

/** A policy document, and its name for messages. */
export interface RolePolicy {
  readonly name: string;
  readonly document: JsonObject;
}

/** The policies of each role, by the role's name. A role that the template does not create may have some too. */
export type RolePolicies = ReadonlyMap<string, readonly RolePolicy[]>;

/**
 * The policies that a resolved template attaches to roles. A policy that cannot be evaluated here as at AWS (an unknown condition
 * key, a policy of another origin) is refused with its place: else it would allow too much in silence.
 */
export const policiesOf = (resources: readonly Resource[]): RolePolicies => {
  const managed = new Map(
    resources
      .filter(({ type }) => type === 'AWS::IAM::ManagedPolicy')
      .map((one) => [nameOf(one, 'ManagedPolicyName'), policyIn(one.properties, one.logicalId)]),
  );
  const found = new Map<string, RolePolicy[]>();
  const attach = (role: string, policies: readonly RolePolicy[]): void => {
    found.set(role, [...(found.get(role) ?? []), ...policies]);
  };
  for (const one of resources) {
    const { logicalId, type, properties } = one;
    if (type === 'AWS::IAM::Role') {
      const where = `${logicalId}.Policies`;
      const own = listAt(properties.Policies, where).map((policy, index) =>
        policyIn(objectAt(policy, where), `${where}[${index}]`),
      );
      attach(nameOf(one, 'RoleName'), [...own, ...managedOf(one, managed)]);
    }
    if (type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy') {
      for (const role of listAt(properties.Roles, `${logicalId}.Roles`)) {
        attach(textAt(role, `${logicalId}.Roles`), [policyIn(properties, logicalId)]);
      }
    }
  }
  return found;
};

const nameOf = ({ logicalId, properties }: Resource, property: string): string =>
  textAt(properties[property], `${logicalId}.${property}`);

const policyIn = (properties: JsonObject, where: string): RolePolicy => {
  const document = objectAt(properties.PolicyDocument, `${where}.PolicyDocument`);
  for (const statement of [document.Statement].flat()) refuseUnknownKeys(statement, where);
  return { name: where, document };
};

const refuseUnknownKeys = (statement: unknown, where: string): void => {
  const { Action, Condition } = objectAt(statement, `${where}.Statement`);
  if (!concernsCalls(Action) || !isObject(Condition)) return;
  const keys = Object.values(Condition).flatMap((of) => (isObject(of) ? Object.keys(of) : []));
  const known = knownKeys.map((key) => key.toLowerCase());
  for (const key of keys.filter((one) => !known.includes(one.toLowerCase()))) {
    throw refuse(
      where,
      `the local IAM does not know the condition key ${key}; add it to knownKeys in local/iam/needs.ts.`,
    );
  }
};

/** Whether a statement concerns calls that are made here. One with `NotAction` concerns nearly all. */
const concernsCalls = (actions: unknown): boolean => {
  if (actions === undefined) return true;
  return [actions].flat().some((action) => {
    const [service = ''] = String(action).toLowerCase().split(':');
    return service.includes('*') || service.includes('?') || judgedServices.includes(service);
  });
};

const managedOf = (
  { logicalId, properties }: Resource,
  managed: ReadonlyMap<string, RolePolicy>,
): readonly RolePolicy[] => {
  const where = `${logicalId}.ManagedPolicyArns`;
  return listAt(properties.ManagedPolicyArns, where).map((arn) => {
    const policy = managed.get(textAt(arn, where).split('/').at(-1) ?? '');
    if (policy !== undefined) return policy;
    throw refuse(where, `the policy must be one of the template, but it is ${arn}.`);
  });
};
