import { isObject } from '../../models/object.ts';
import { ownOf } from '../../models/own.ts';
import type { JsonObject } from '../endpoint/input.ts';
import { dynamodbNeeds } from './dynamodb-needs.ts';
import { ecsNeeds } from './ecs-needs.ts';
import { arnFor, forEach, listIn, type Need, type NeedSite, type NeedsOf, textIn } from './need.ts';

/**
 * Every call that the local IAM can check, by service and action: the resource and the condition keys that AWS checks
 * policies with (Service Authorization Reference; test/local/iam/needs.test.ts compares each with it).
 */
export const needsTable: Readonly<Record<string, Readonly<Record<string, NeedsOf>>>> = {
  dynamodb: dynamodbNeeds,
  ecr: {
    DescribeImages: (input, site) => [repository('DescribeImages', input, site)],
    ListImages: (input, site) => [repository('ListImages', input, site)],
  },
  ecs: ecsNeeds,
  events: {
    PutEvents: (input, site) =>
      forEach(listIn(input, 'Entries'), (entry) => {
        // Without a name it is the account's default bus (EventBridge API, PutEventsRequestEntry).
        const given = isObject(entry) ? textIn(entry, 'EventBusName') || 'default' : '';
        const rest = `event-bus/${given}`;
        return { action: 'events:PutEvents', resource: arnFor(site, 'events', { given, rest }) };
      }),
  },
  lambda: {
    InvokeFunction: (input, site) => {
      const given = textIn(input, 'FunctionName');
      const rest = `function:${given}`;
      return [
        { action: 'lambda:InvokeFunction', resource: arnFor(site, 'lambda', { given, rest }) },
      ];
    },
  },
  logs: {
    GetLogEvents: (input, site) => {
      const group = `log-group:${textIn(input, 'logGroupName')}`;
      const rest = `${group}:log-stream:${textIn(input, 'logStreamName')}`;
      return [{ action: 'logs:GetLogEvents', resource: arnFor(site, 'logs', { given: '', rest }) }];
    },
  },
  secretsmanager: {
    GetSecretValue: (input, site) => {
      // The ARN of a name ends in six more characters, so a policy for an ARN is only checked if the call has the ARN.
      const given = textIn(input, 'SecretId');
      const resource = arnFor(site, 'secretsmanager', { given, rest: `secret:${given}` });
      return [{ action: 'secretsmanager:GetSecretValue', resource }];
    },
  },
  ssm: {
    DeleteParameter: (input, site) => [parameter('DeleteParameter', textIn(input, 'Name'), site)],
    GetParameter: (input, site) => [parameter('GetParameter', textIn(input, 'Name'), site)],
    GetParameterHistory: (input, site) => [
      parameter('GetParameterHistory', textIn(input, 'Name'), site),
    ],
    GetParameters: (input, site) =>
      forEach(listIn(input, 'Names'), (name) =>
        parameter('GetParameters', typeof name === 'string' ? name : '', site),
      ),
    GetParametersByPath: (input, site) => [
      parameter('GetParametersByPath', textIn(input, 'Path'), site),
    ],
    PutParameter: (input, site) => [parameter('PutParameter', textIn(input, 'Name'), site)],
  },
};

/** What a call needs; undefined for a call that is not in the table. */
export const needsOf = (
  { service, action, input }: { service: string; action: string; input: JsonObject },
  site: NeedSite,
): readonly [Need, ...Need[]] | undefined =>
  ownOf(ownOf(needsTable, service) ?? {}, action)?.(input, site);

const repository = (name: string, input: JsonObject, site: NeedSite): Need => {
  const account = textIn(input, 'registryId') || site.account;
  const rest = `repository/${textIn(input, 'repositoryName')}`;
  return {
    action: `ecr:${name}`,
    resource: arnFor({ ...site, account }, 'ecr', { given: '', rest }),
  };
};

// A version or a label after the name does not belong to the resource (SSM API, GetParameters).
const parameter = (name: string, given: string, site: NeedSite): Need => {
  const path = given.startsWith('arn:')
    ? given.split(':').slice(0, 6).join(':')
    : (given.split(':')[0] ?? '');
  const rest = `parameter${path.startsWith('/') ? '' : '/'}${path}`;
  return { action: `ssm:${name}`, resource: arnFor(site, 'ssm', { given: path, rest }) };
};

/** Services that have calls here. A policy may name others, which Lambda and ECS call themselves. */
export const judgedServices: readonly string[] = [...Object.keys(needsTable), 'iam'];

/** The condition keys of needs, and the one of a caller that is a function. */
export const knownKeys: readonly string[] = [
  'dynamodb:LeadingKeys',
  'ecs:CreateAction',
  'ecs:cluster',
  'iam:PassedToService',
  'lambda:SourceFunctionArn',
];
