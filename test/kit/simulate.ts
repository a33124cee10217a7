import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Resource } from '../../local/template/types.ts';

/** A call of AWS's API, as the policies see it. */
export interface ApiCall {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request. */
  readonly context?: Readonly<Record<string, string>>;
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const askedOf = ({ action, resource, context = {} }: ApiCall, principal: string) => ({
  request: {
    principal,
    action,
    resource: { resource, accountId: accountOf(resource) || accountOf(principal) },
    contextVariables: { ...context },
  },
  serviceControlPolicies: [],
  resourceControlPolicies: [],
});

const resultOf = async (simulation: Parameters<typeof runSimulation>[0]): Promise<string> => {
  const answer = await runSimulation(simulation, {});
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult;
};

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

/** What IAM says of a call that a role makes in its own account: `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`. */
export const asRole = (role: Resource, principal: string, call: ApiCall): Promise<string> =>
  resultOf({ ...askedOf(call, principal), identityPolicies: [...documentsIn(role)] });

/** What a resource's own policy says of a call by an AWS service. */
export const asService = (service: string, resourcePolicy: unknown, call: ApiCall) =>
  resultOf({ ...askedOf(call, service), identityPolicies: [], resourcePolicy });
