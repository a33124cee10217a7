import { describe, expect, it } from 'vitest';
import { openAuthorize } from '../../../local/iam/authorize.ts';
import { policiesOf } from '../../../local/iam/policies.ts';
import { place } from '../../../local/template/place.ts';

const parameter = (name: string) =>
  `arn:aws:ssm:${place.region}:${place.account}:parameter/${name}`;

const authorizeWith = (...Statement: readonly object[]) =>
  openAuthorize(
    policiesOf([
      {
        logicalId: 'Policy',
        type: 'AWS::IAM::Policy',
        properties: { Roles: ['r'], PolicyDocument: { Version: '2012-10-17', Statement } },
      },
    ]),
    { place, tables: [], definition: () => undefined },
  );

const reads = (
  authorize: ReturnType<typeof authorizeWith>,
  Name: string,
  kind: 'function' | 'task' = 'function',
) =>
  authorize({
    principal: { kind, roleArn: `arn:aws:iam::${place.account}:role/path/r`, name: 'f' },
    service: 'ssm',
    action: 'GetParameter',
    input: { Name },
  });

const allow = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: parameter('a/*') };

describe('the local IAM', () => {
  it('decides each time alike, for as many resources as there are', () => {
    const authorize = authorizeWith(allow);
    for (const _time of [1, 2]) {
      expect(reads(authorize, '/a/b')).toBeUndefined();
      expect(reads(authorize, '/b')).toContain('because no identity-based policy allows');
    }
  });

  it("lets a denial win, and says so in AWS's words", () => {
    const deny = { Effect: 'Deny', Action: 'ssm:*', Resource: parameter('a/secret') };
    const authorize = authorizeWith(allow, deny);
    expect(reads(authorize, '/a/b')).toBeUndefined();
    expect(reads(authorize, '/a/secret')).toBe(
      `User: arn:aws:sts::${place.account}:assumed-role/r/f is not authorized to perform: ssm:GetParameter on resource: ${parameter('a/secret')} with an explicit deny in an identity-based policy`,
    );
  });

  it('puts the function into the request of its code, and into no other', () => {
    const Condition = {
      ArnLike: { 'lambda:SourceFunctionArn': `arn:aws:lambda:*:*:function:f` },
    };
    const authorize = authorizeWith(allow, { ...allow, Effect: 'Deny', Condition });
    expect(reads(authorize, '/a/b', 'task')).toBeUndefined();
    expect(reads(authorize, '/a/b')).toContain('with an explicit deny');
  });

  it('takes no pattern for the name of something', () => {
    const authorize = authorizeWith({ ...allow, Resource: parameter('a/b') });
    for (const name of ['/a/*', '/*', '*', '/a/?']) expect(reads(authorize, name)).toBeDefined();
  });
});
