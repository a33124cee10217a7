import type { AwsAccount, Identity, ResourceType } from './types.ts';

/** An ARN of the account and region of a place. */
export const arn = (service: string, { account, region }: AwsAccount, rest: string): string =>
  `arn:aws:${service}:${region}:${account}:${rest}`;

/** An identity whose `Ref` is a name and whose attribute `Arn` is an ARN. */
export const withArn = (
  ref: string,
  arn: string,
  more: Readonly<Record<string, string>> = {},
): Identity => ({ ref, attributes: { Arn: arn, ...more } });

/** Identifies resources by the property that names them: `Ref` is the name, `Arn` the ARN that `arnOf` makes of it. */
export const named =
  (
    nameProperty: string,
    arnOf: (name: string, awsAccount: AwsAccount) => string,
  ): ResourceType['identify'] =>
  (property, logicalId, awsAccount) => {
    const name = nameOf(property(nameProperty), logicalId, awsAccount);
    return withArn(name, arnOf(name, awsAccount));
  };

/** The name of a resource, or the one that CloudFormation would make of its logical id. */
export const nameOf = (
  name: string | undefined,
  logicalId: string,
  awsAccount: AwsAccount,
): string => name ?? `${awsAccount.stackName}-${logicalId}`;

/** Identifies resources that have neither a name nor attributes here. */
export const unnamed: ResourceType['identify'] = (_property, logicalId, awsAccount) => ({
  ref: nameOf(undefined, logicalId, awsAccount),
  attributes: {},
});
