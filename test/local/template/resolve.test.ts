import { describe, expect, it } from 'vitest';
import { awsAccount } from '../../../local/template/aws-account.ts';
import { resolveTemplate } from '../../../local/template/resolve.ts';

const base = {
  Parameters: {
    Url: { Type: 'String', Default: 'amqp://default' },
    Subnets: { Type: 'CommaDelimitedList', Default: 'a,b' },
    Empty: { Type: 'CommaDelimitedList', Default: '' },
  },
  Conditions: {
    InVpc: { 'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: 'Empty' }] }, ''] }] },
    Always: { 'Fn::Or': [{ Condition: 'InVpc' }, { 'Fn::Equals': ['x', 'x'] }] },
  },
  Mappings: { Sizes: { small: { cpu: 256 } } },
  Resources: {
    Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': 'q-${AWS::Region}' } } },
    Role: { Type: 'AWS::IAM::Role', Properties: {} },
  },
};

/** The value of one property, resolved in the base template. */
const value = (property: unknown, parameters: Readonly<Record<string, string>> = {}): unknown => {
  const template = {
    ...base,
    Resources: {
      ...base.Resources,
      P: { Type: 'AWS::SQS::QueuePolicy', Properties: { Value: property } },
    },
  };
  const { resources } = resolveTemplate(template, parameters, awsAccount);
  return resources.find((one) => one.logicalId === 'P')?.properties.Value;
};

describe('intrinsic functions', () => {
  it.each([
    ['Ref of a parameter', { Ref: 'Url' }, 'amqp://default'],
    ['Ref of a list parameter', { Ref: 'Subnets' }, ['a', 'b']],
    [
      'Ref of a queue is its URL',
      { Ref: 'Q' },
      'https://sqs.eu-central-1.amazonaws.com/123456789012/q-eu-central-1',
    ],
    ['Ref of a pseudo parameter', { Ref: 'AWS::AccountId' }, '123456789012'],
    [
      'GetAtt as a list',
      { 'Fn::GetAtt': ['Q', 'Arn'] },
      'arn:aws:sqs:eu-central-1:123456789012:q-eu-central-1',
    ],
    ['GetAtt as a text', { 'Fn::GetAtt': 'Q.QueueName' }, 'q-eu-central-1'],
    [
      'Sub with references of all kinds',
      { 'Fn::Sub': '${Url}/${Q.QueueName}/${!kept}' },
      'amqp://default/q-eu-central-1/${kept}',
    ],
    [
      'Sub with names of its own',
      { 'Fn::Sub': ['${a}-${Url}', { a: { Ref: 'AWS::Partition' } }] },
      'aws-amqp://default',
    ],
    ['Join of a list parameter', { 'Fn::Join': ['+', { Ref: 'Subnets' }] }, 'a+b'],
    ['Select and Split', { 'Fn::Select': [1, { 'Fn::Split': ['-', 'x-y-z'] }] }, 'y'],
    ['If that is false', { 'Fn::If': ['InVpc', 'yes', 'no'] }, 'no'],
    ['If that is true', { 'Fn::If': ['Always', { Ref: 'Url' }, 'no'] }, 'amqp://default'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'small', 'cpu'] }, 256],
    ['a value deep inside', { a: [{ b: { Ref: 'Url' } }] }, { a: [{ b: 'amqp://default' }] }],
    [
      'NoValue leaves the property out',
      { 'Fn::If': ['InVpc', 'yes', { Ref: 'AWS::NoValue' }] },
      undefined,
    ],
    ['NoValue leaves a member out', [1, { Ref: 'AWS::NoValue' }, 2], [1, 2]],
  ])('%s', (_what, property, expected) => {
    expect(value(property)).toEqual(expected);
  });

  it('takes a given value before the default', () => {
    expect(value({ Ref: 'Url' }, { Url: 'amqp://mine' })).toBe('amqp://mine');
    expect(value({ 'Fn::If': ['InVpc', 'yes', 'no'] }, { Empty: 'subnet-1' })).toBe('yes');
  });
});

describe('what the local AWS cannot serve is refused with its place', () => {
  it.each([
    [
      'an intrinsic',
      { 'Fn::Cidr': ['10.0.0.0/16', 2] },
      /Resources\.P\.Value: the local AWS has no Fn::Cidr/,
    ],
    [
      'a reference to nothing',
      { Ref: 'Missing' },
      /Ref to Missing, but the template declares neither/,
    ],
    ['an attribute', { 'Fn::GetAtt': ['Q', 'Age'] }, /does not know Fn::GetAtt Q\.Age/],
    ['a condition', { 'Fn::If': ['Nope', 1, 2] }, /there is no condition Nope/],
  ])('%s', (_what, property, message) => {
    expect(() => value(property)).toThrow(message);
  });

  it('a resource type', () => {
    const template = { Resources: { Db: { Type: 'AWS::RDS::DBInstance', Properties: {} } } };
    expect(() => resolveTemplate(template, {}, awsAccount)).toThrow(
      /Resources\.Db: the local AWS has no AWS::RDS::DBInstance/,
    );
  });

  it('a parameter without a value, and a value without a parameter', () => {
    const template = { Parameters: { A: { Type: 'String' } }, Resources: {} };
    expect(() => resolveTemplate(template, {}, awsAccount)).toThrow(
      /Parameters\.A: it needs a default/,
    );
    expect(() => resolveTemplate(template, { A: '1', B: '2' }, awsAccount)).toThrow(
      /sets B, so the template must declare it/,
    );
  });

  it('but not a resource whose condition is false', () => {
    const template = {
      ...base,
      Resources: { Db: { Type: 'AWS::RDS::DBInstance', Condition: 'InVpc' } },
    };
    expect(resolveTemplate(template, {}, awsAccount).resources).toEqual([]);
  });
});
