import type { EcsTaskDefinition } from '../../models/ecs/definition.ts';
import { isObject } from '../../models/object.ts';
import type { JsonObject } from '../endpoint/input.ts';

/** What a caller must be allowed for a call: an action on a resource, and the request's condition keys. */
export interface Need {
  /** As IAM names it, `ecs:RunTask`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** What a need is made from, besides the input of the call. */
export interface NeedSite {
  readonly account: string;
  readonly region: string;
  /** The attribute that is the partition key of a table. */
  readonly partitionKey: (table: string) => string | undefined;
  /** The definition of a name or an ARN, as RunTask finds it. */
  readonly definition: (given: string) => EcsTaskDefinition | undefined;
}

/** Everything that one action needs: at least one need, because without any it would be allowed to everyone. */
export type NeedsOf = (input: JsonObject, site: NeedSite) => readonly [Need, ...Need[]];

/** A text member, or an empty text. A call without the member is refused here, because no resource has an empty name, or by its service. */
export const textIn = (input: JsonObject, name: string): string => {
  const value = input[name];
  return typeof value === 'string' ? value : '';
};

/** The items of a list member. */
export const listIn = (input: JsonObject, name: string): readonly unknown[] => {
  const value = input[name];
  return Array.isArray(value) ? value : [];
};

/** The object in a member, or an empty one. */
export const objectIn = (input: JsonObject, name: string): JsonObject => {
  const value = input[name];
  return isObject(value) ? value : {};
};

/** A need for each item, or one need without an item if there are none. */
export const forEach = <T>(
  items: readonly T[],
  needOf: (item: T | undefined) => Need,
): readonly [Need, ...Need[]] => {
  const [first, ...others] = items;
  return [needOf(first), ...others.map(needOf)];
};

/** What follows the last `/`: the name in an ARN, or the name itself. */
export const nameIn = (given: string): string => given.slice(given.lastIndexOf('/') + 1);

/** `arn:aws:<service>:<region>:<account>:<rest>`, or `given` if that is an ARN. */
export const arnFor = (
  { account, region }: NeedSite,
  service: string,
  { given, rest }: { readonly given: string; readonly rest: string },
): string => (given.startsWith('arn:') ? given : `arn:aws:${service}:${region}:${account}:${rest}`);
