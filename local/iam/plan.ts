import type { ServicePlan } from '../service.ts';
import { named, nameOf, unnamed } from '../template/identity.ts';
import { policiesOf, type RolePolicies } from './policies.ts';

/** What the sessions of roles may do. */
export interface IamPlan {
  readonly policies: RolePolicies;
}

/** What IAM takes from the template. What only a real account has (boundaries, users, groups, paths) is refused. */
export const iamPlan: ServicePlan<IamPlan> = {
  types: {
    'AWS::IAM::ManagedPolicy': {
      // `Ref` of a managed policy is its ARN (CloudFormation user guide, AWS::IAM::ManagedPolicy).
      identify: (property, logicalId, awsAccount) => {
        const name = nameOf(property('ManagedPolicyName'), logicalId, awsAccount);
        const ref = `arn:aws:iam::${awsAccount.account}:policy/${name}`;
        return { ref, attributes: { PolicyArn: ref } };
      },
      properties: ['ManagedPolicyName', 'PolicyDocument', 'Roles', 'Description'],
    },
    'AWS::IAM::Policy': {
      identify: unnamed,
      properties: ['PolicyDocument', 'Roles', 'PolicyName'],
    },
    'AWS::IAM::Role': {
      identify: named('RoleName', (name, { account }) => `arn:aws:iam::${account}:role/${name}`),
      properties: [
        'ManagedPolicyArns',
        'Policies',
        'RoleName',
        'AssumeRolePolicyDocument',
        'Description',
        'MaxSessionDuration',
        'Tags',
      ],
    },
  },
  read: ({ resources }) => ({ policies: policiesOf(resources) }),
};
