import { describe, expect, it } from 'vitest';
import { openAuthorize } from '../../../local/iam/authorize.ts';
import { policiesOf } from '../../../local/iam/policies.ts';
import { awsAccount } from '../../../local/template/aws-account.ts';

const parameter = (name: string) =>
  `arn:aws:ssm:${awsAccount.region}:${awsAccount.account}:parameter/${name}`;

const authorizeWith = (...Statement: readonly object[]) =>
  openAuthorize(
    policiesOf([
      {
        logicalId: 'Policy',
        type: 'AWS::IAM::Policy',
        properties: { Roles: ['r'], PolicyDocument: { Version: '2012-10-17', Statement } },
      },
    ]),
    { awsAccount, tables: [], definition: () => undefined },
  );

const reads = (
  authorize: ReturnType<typeof authorizeWith>,
  Name: string,
  kind: 'function' | 'task' = 'function',
) =>
  authorize({
    principal: { kind, roleArn: `arn:aws:iam::${awsAccount.account}:role/path/r`, name: 'f' },
    service: 'ssm',
    action: 'GetParameter',
    input: { Name },
  });

const allow = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: parameter('a/*') };

describe('the local IAM', () => {
  it('decides the same each time, for any number of resources', () => {
    const authorize = authorizeWith(allow);
    for (const _time of [1, 2]) {
      expect(reads(authorize, '/a/b')).toBeUndefined();
      expect(reads(authorize, '/b')).toContain('because no identity-based policy allows');
    }
  });

  it("refuses if one policy denies, with AWS's sentence", () => {
    const deny = { Effect: 'Deny', Action: 'ssm:*', Resource: parameter('a/secret') };
    const authorize = authorizeWith(allow, deny);
    expect(reads(authorize, '/a/b')).toBeUndefined();
    expect(reads(authorize, '/a/secret')).toBe(
      `User: arn:aws:sts::${awsAccount.account}:assumed-role/r/f is not authorized to perform: ssm:GetParameter on resource: ${parameter('a/secret')} with an explicit deny in an identity-based policy`,
    );
  });

  it('adds the function to the context of its own calls only', () => {
    const Condition = {
      ArnLike: { 'lambda:SourceFunctionArn': `arn:aws:lambda:*:*:function:f` },
    };
    const authorize = authorizeWith(allow, { ...allow, Effect: 'Deny', Condition });
    expect(reads(authorize, '/a/b', 'task')).toBeUndefined();
    expect(reads(authorize, '/a/b')).toContain('with an explicit deny');
  });

  it('does not accept a pattern as the name of a resource', () => {
    const authorize = authorizeWith({ ...allow, Resource: parameter('a/b') });
    for (const name of ['/a/*', '/*', '*', '/a/?']) expect(reads(authorize, name)).toBeDefined();
  });
});
