import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../local/endpoint/input.ts';
import { policiesOf } from '../../../local/iam/policies.ts';

const statement = (more: JsonObject = {}) => ({
  Effect: 'Allow',
  Action: 'ssm:GetParameter',
  Resource: '*',
  ...more,
});
const document = (...statements: readonly JsonObject[]) => ({ Statement: statements });

const role = (properties: JsonObject = {}) => ({
  logicalId: 'Role',
  type: 'AWS::IAM::Role',
  properties: { RoleName: 'r', ...properties },
});
const managed = (properties: JsonObject = {}) => ({
  logicalId: 'Managed',
  type: 'AWS::IAM::ManagedPolicy',
  properties: { ManagedPolicyName: 'm', PolicyDocument: document(statement()), ...properties },
});
const policy = (properties: JsonObject = {}) => ({
  logicalId: 'Policy',
  type: 'AWS::IAM::Policy',
  properties: { PolicyDocument: document(statement()), Roles: ['r'], ...properties },
});

const namesOf = (...resources: Parameters<typeof policiesOf>[0]) =>
  Object.fromEntries(
    [...policiesOf(resources)].map(([name, of]) => [name, of.map((one) => one.name)]),
  );

describe('the policies of roles', () => {
  it('are their own, those attached to them, and managed ones of either side', () => {
    const own = { PolicyName: 'own', PolicyDocument: document(statement()) };
    expect(
      namesOf(
        role({ Policies: [own], ManagedPolicyArns: ['arn:aws:iam::123456789012:policy/m'] }),
        policy({ Roles: ['r', 'made-elsewhere'] }),
        managed({ Roles: ['made-elsewhere'] }),
      ),
    ).toEqual({
      r: ['Role.Policies[0]', 'Managed', 'Policy'],
      'made-elsewhere': ['Policy', 'Managed'],
    });
  });

  it('do not include a managed policy that is attached to no role', () => {
    expect(namesOf(managed())).toEqual({});
  });

  it("are refused where AWS's own is among them, which the template does not hold", () => {
    const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    expect(() => policiesOf([role({ ManagedPolicyArns: [arn] })])).toThrow(
      /Role\.ManagedPolicyArns: the policy must be one of the template/,
    );
  });

  it.each([
    ['an Allow', statement({ Condition: { StringEquals: { 'aws:PrincipalTag/x': '1' } } })],
    [
      'a Deny',
      statement({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ],
    [
      'all actions',
      statement({ Action: '*', Condition: { IpAddress: { 'aws:SourceIp': '1.1.1.1' } } }),
    ],
    [
      'some services',
      statement({ Action: 's?m:*', Condition: { Null: { 'ssm:Overwrite': 'true' } } }),
    ],
    [
      'all actions but',
      { Effect: 'Deny', NotAction: 'ssm:*', Resource: '*', Condition: { Null: { 'x:y': 'true' } } },
    ],
  ])('are refused where a condition cannot be judged here: %s', (_what, one) => {
    expect(() => policiesOf([policy({ PolicyDocument: document(one) })])).toThrow(
      /Policy: the local IAM does not know the condition key .*; add it to knownKeys in local\/iam\/needs\.ts/,
    );
  });

  it('may have conditions for calls that do not exist here, and known ones in any case', () => {
    const kms = { Action: 'kms:Decrypt', Condition: { StringEquals: { 'kms:ViaService': 'x' } } };
    const ecs = { Action: 'ecs:RunTask', Condition: { ArnEquals: { 'ECS:Cluster': 'x' } } };
    expect(namesOf(policy({ PolicyDocument: document(statement(kms), statement(ecs)) }))).toEqual({
      r: ['Policy'],
    });
  });
});
