import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import { isObject } from '../../models/object.ts';
import type { TableSpec } from '../dynamodb/plan.ts';
import type { Authorize, AuthorizedCall, Principal } from '../endpoint/principal.ts';
import { arnOf } from '../endpoint/principal.ts';
import type { AwsAccount } from '../template/types.ts';
import { listIn, type Need, type NeedSite, nameIn, textIn } from './need.ts';
import { needsOf } from './needs.ts';
import type { RolePolicies } from './policies.ts';

interface Parts {
  readonly awsAccount: AwsAccount;
  /** For their partition keys. */
  readonly tables: readonly TableSpec[];
  /** For the roles that RunTask passes. */
  readonly definition: NeedSite['definition'];
}

type Decision = ReturnType<typeof runUnsafeSimulation>;

// A decision takes one or two milliseconds, and the same ones are needed again and again.
const mostKept = 10_000;

/**
 * Authorizes calls by the policies of the template's roles. The operator may do everything; a function and a task may do what the
 * policies of their role allow. A call that is not in the table of needs is refused to both. Only identity policies are evaluated:
 * no resource policies, no boundaries, no key policies of KMS.
 */
export const openAuthorize = (policies: RolePolicies, parts: Parts): Authorize => {
  const { account, region } = parts.awsAccount;
  const partitionKeys = new Map(
    parts.tables.map(({ input }) => [textIn(input, 'TableName'), partitionKeyOf(input)]),
  );
  const site: NeedSite = {
    account,
    region,
    partitionKey: (table) => partitionKeys.get(table),
    definition: parts.definition,
  };
  const kept = new Map<string, Decision>();

  const decide = (principal: Principal, need: Need): Decision => {
    const role = nameIn(principal.roleArn ?? '');
    const context = { ...need.context, ...contextOf(principal, site) };
    const key = JSON.stringify([role, need.action, need.resource, context]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const decision = runUnsafeSimulation(
      {
        request: {
          principal: arnOf(principal, account),
          action: need.action,
          resource: { resource: need.resource, accountId: account },
          contextVariables: context,
        },
        identityPolicies: (policies.get(role) ?? []).map(({ name, document }) => ({
          name,
          policy: document,
        })),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, decision);
    return decision;
  };

  const refusalOf = (principal: Principal, needs: readonly Need[]): string | undefined => {
    for (const need of needs) {
      const decision = isOneName(need.resource) ? decide(principal, need) : 'ImplicitlyDenied';
      if (decision !== 'Allowed') return sentence(arnOf(principal, account), need, decision);
    }
    return undefined;
  };

  return (call) => {
    const { principal, service, action } = call;
    // Every caller may ask who it is (STS API reference, GetCallerIdentity).
    if (principal.kind === 'operator' || `${service}:${action}` === 'sts:GetCallerIdentity') {
      return undefined;
    }
    const needs = needsOf(call, site);
    return needs === undefined ? unknownCall(call, account) : refusalOf(principal, needs);
  };
};

const partitionKeyOf = (input: TableSpec['input']): string => {
  const hash = listIn(input, 'KeySchema')
    .filter(isObject)
    .find(({ KeyType }) => KeyType === 'HASH');
  return textIn({ ...hash }, 'AttributeName');
};

// Lambda adds it to the credentials of a function (Lambda developer guide, source function ARN).
const contextOf = ({ kind, name = '' }: Principal, { account, region }: NeedSite) =>
  kind === 'function'
    ? { 'lambda:SourceFunctionArn': `arn:aws:lambda:${region}:${account}:function:${name}` }
    : {};

// The simulator would take a pattern in a request for everything that it matches. In a call it is a name that no resource has.
const isOneName = (resource: string): boolean => !/[*?]/.test(resource);

/** AWS's sentence (IAM user guide, "Troubleshoot access denied error messages"). */
const sentence = (user: string, { action, resource }: Need, decision: Decision): string => {
  const why =
    decision === 'ExplicitlyDenied'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
};

const unknownCall = ({ principal, service, action }: AuthorizedCall, account: string): string =>
  `User: ${arnOf(principal, account)} is not authorized to perform: ${service}:${action} because the local IAM does not know this call; add it to local/iam/needs.ts, with its resource and condition keys`;
