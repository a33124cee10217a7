import type { Identity, Place, ResourceType } from './types.ts';

/** An ARN of the account and region of a place. */
export const arn = (service: string, { account, region }: Place, rest: string): string =>
  `arn:aws:${service}:${region}:${account}:${rest}`;

/** An identity whose `Ref` is a name and whose attribute `Arn` is an ARN. */
export const withArn = (
  ref: string,
  arn: string,
  more: Readonly<Record<string, string>> = {},
): Identity => ({ ref, attributes: { Arn: arn, ...more } });

/** Identifies resources by the property that names them: `Ref` is the name, `Arn` the ARN that `arnOf` makes of it. */
export const named =
  (nameProperty: string, arnOf: (name: string, place: Place) => string): ResourceType['identify'] =>
  (property, logicalId, place) => {
    const name = nameOf(property(nameProperty), logicalId, place);
    return withArn(name, arnOf(name, place));
  };

/** The name of a resource, or the one that CloudFormation would make of its logical id. */
export const nameOf = (name: string | undefined, logicalId: string, place: Place): string =>
  name ?? `${place.stackName}-${logicalId}`;

/** Identifies resources that have neither a name nor attributes here. */
export const unnamed: ResourceType['identify'] = (_property, logicalId, place) => ({
  ref: nameOf(undefined, logicalId, place),
  attributes: {},
});
