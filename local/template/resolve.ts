import { isObject } from '../../shared/core/object.ts';
import type { JsonObject } from '../endpoint/input.ts';
import { type Intrinsics, openIntrinsics } from './intrinsics.ts';
import { knownType } from './known-types.ts';
import {
  type AwsAccount,
  type Identity,
  objectAt,
  type Resolved,
  type Resource,
  refuse,
  textAt,
} from './types.ts';

/**
 * Resolves a compiled template as CloudFormation would, with values for its parameters. A resource type, an intrinsic or a
 * reference that is not known here is refused with its place.
 */
export const resolveTemplate = (
  template: JsonObject,
  given: Readonly<Record<string, string>>,
  awsAccount: AwsAccount,
): Resolved => {
  const parameters = parametersOf(template, given);
  const declared = objectAt(template.Resources, 'Resources');
  const identities = new Map<string, Identity>();

  const identityOf = (logicalId: string): Identity | undefined => {
    const known = identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = declared[logicalId];
    if (!isObject(resource)) return undefined;
    const where = `Resources.${logicalId}`;
    const { type } = knownType(String(resource.Type), where);
    const properties = isObject(resource.Properties) ? resource.Properties : {};
    const property = (name: string): string | undefined =>
      properties[name] === undefined
        ? undefined
        : textAt(intrinsics.resolve(properties[name], where), where);
    const identity = type.identify(property, logicalId, awsAccount);
    identities.set(logicalId, identity);
    return identity;
  };

  const intrinsics = openIntrinsics({
    values: { ...parameters, ...pseudoOf(awsAccount) },
    conditions: isObject(template.Conditions) ? template.Conditions : {},
    mappings: isObject(template.Mappings) ? template.Mappings : {},
    region: awsAccount.region,
    identityOf,
  });

  const resources = Object.entries(declared).flatMap(([logicalId, one]): Resource[] => {
    const where = `Resources.${logicalId}`;
    const resource = objectAt(one, where);
    if (!isWanted(resource, intrinsics)) return [];
    identityOf(logicalId);
    const properties = intrinsics.resolve(resource.Properties ?? {}, where);
    return [{ logicalId, type: String(resource.Type), properties: objectAt(properties, where) }];
  });
  return { parameters, resources };
};

const parametersOf = (
  template: JsonObject,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> => {
  const declared = isObject(template.Parameters) ? template.Parameters : {};
  const missing = Object.keys(given).filter((name) => !(name in declared));
  if (missing.length > 0) {
    throw refuse(
      'Parameters',
      `the local stack sets ${missing.join(', ')}, so the template must declare it.`,
    );
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, one]) => [name, valueOfParameter(name, one, given)]),
  );
};

const valueOfParameter = (
  name: string,
  declared: unknown,
  given: Readonly<Record<string, string>>,
): unknown => {
  const parameter = objectAt(declared, `Parameters.${name}`);
  const value = given[name] ?? parameter.Default;
  if (value === undefined) {
    throw refuse(
      `Parameters.${name}`,
      'it needs a default, because the local stack gives it no value.',
    );
  }
  const type = String(parameter.Type);
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
  return isList ? textAt(value, `Parameters.${name}`).split(',') : value;
};

const pseudoOf = ({
  account,
  region,
  stackName,
}: AwsAccount): Readonly<Record<string, unknown>> => ({
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::StackName': stackName,
  'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/local`,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NotificationARNs': [],
});

const isWanted = (resource: JsonObject, intrinsics: Intrinsics): boolean =>
  resource.Condition === undefined || intrinsics.condition(String(resource.Condition));
