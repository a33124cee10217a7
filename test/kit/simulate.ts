import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { Resource } from '../../local/template/types.ts';

/** A call of the AWS API, as policies see it. */
export interface ApiCall {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request. */
  readonly context?: Readonly<Record<string, string | string[]>>;
  /** The resource's own policy, if it has one. */
  readonly resourcePolicy?: object;
}

/**
 * The decision of IAM about a call of a role: `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`. A resource of another
 * account counts as one of this account: the policies of the other account are not simulated.
 */
export const asRole = (role: Resource, principal: string, call: ApiCall): Promise<string> =>
  resultOf({
    ...askedOf(call, principal, accountOf(principal)),
    identityPolicies: [...documentsIn(role)],
    resourcePolicy: call.resourcePolicy,
  });

/** The same for a call by a principal to whom these managed policies are attached. */
export const asAttached = (
  policies: readonly Resource[],
  principal: string,
  call: ApiCall,
): Promise<string> =>
  resultOf({
    ...askedOf(call, principal, accountOf(principal)),
    identityPolicies: policies.map(({ logicalId, properties }) => ({
      name: logicalId,
      policy: properties.PolicyDocument,
    })),
    resourcePolicy: call.resourcePolicy,
  });

/** The decision of a resource's own policy about a call by an AWS service, or by a role without a policy of its own. */
export const byResource = (principal: string, call: ApiCall): Promise<string> =>
  resultOf({
    ...askedOf(call, principal, accountOf(call.resource)),
    identityPolicies: [],
    resourcePolicy: call.resourcePolicy,
  });

const resultOf = async (simulation: Simulation): Promise<string> => {
  const answer = await runSimulation(withKnownKeys(simulation), {});
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult;
};

// Of the condition keys that contain a name of the caller, the simulator knows only those of tags. So policy and request get
// a tag key in place of the key of the encryption context.
const withKnownKeys = (simulation: Simulation): Simulation =>
  JSON.parse(JSON.stringify(simulation).replaceAll('kms:EncryptionContext:', 'aws:PrincipalTag/'));

const askedOf = (
  { action, resource, context = {} }: ApiCall,
  principal: string,
  account: string,
) => ({
  request: {
    principal,
    action,
    resource: { resource, accountId: account },
    contextVariables: { ...context },
  },
  serviceControlPolicies: [],
  resourceControlPolicies: [],
});

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const documentsIn = (role: Resource): readonly { name: string; policy: unknown }[] => {
  const policies: readonly unknown[] = Array.isArray(role.properties.Policies)
    ? role.properties.Policies
    : [];
  return policies.map((policy, index) => {
    const parts = typeof policy === 'object' && policy !== null ? { ...policy } : {};
    return {
      name: `policy-${index}`,
      policy: 'PolicyDocument' in parts ? parts.PolicyDocument : {},
    };
  });
};
