import * as v from 'valibot';
import { anyObject, type JsonObject } from '../endpoint/input.ts';

/** A resource of the template whose properties hold values only: every intrinsic is resolved. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
}

/** A resolved template. */
export interface Resolved {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly resources: readonly Resource[];
}

/** The account, region and stack name that the template is resolved for. */
export interface AwsAccount {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

/** What `Ref` and `Fn::GetAtt` return for a resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A type of resource that the template may hold. A type without a declaration is refused, so nothing is ignored in silence. */
export interface ResourceType {
  readonly identify: (
    property: (name: string) => string | undefined,
    logicalId: string,
    awsAccount: AwsAccount,
  ) => Identity;
  /**
   * The properties that the plan reads, and those that make no difference on one machine. Any other is refused. Absent: the
   * properties of this type are not read, or make no difference.
   */
  readonly properties?: readonly string[];
}

/** The resources of one type. */
export const ofType = ({ resources }: Resolved, type: string): readonly Resource[] =>
  resources.filter((resource) => resource.type === type);

/** The value of a template parameter. */
export const parameterIn = ({ parameters }: Resolved, name: string): string =>
  textAt(parameters[name], `Parameters.${name}`);

/** An error about a place of the template that the local AWS cannot serve. Nothing is started after it. */
export const refuse = (where: string, what: string): Error =>
  new Error(`The template, at ${where}: ${what}`);

/** The object at a place of the template. */
export const objectAt = (value: unknown, where: string): JsonObject =>
  valueAt(value, where, anyObject('an object'));

/** The text at a place of the template. CloudFormation takes numbers and booleans as texts too. */
export const textAt = (value: unknown, where: string): string => valueAt(value, where, asText);

/** The number at a place of the template, or the default if there is none. A text of digits counts as a number. */
export const numberAt = (value: unknown, where: string, byDefault: number): number =>
  value === undefined ? byDefault : valueAt(value, where, asNumber);

/** The list at a place of the template; absent is empty. */
export const listAt = (value: unknown, where: string): readonly unknown[] =>
  value === undefined ? [] : valueAt(value, where, v.array(v.unknown(), 'a list'));

const asText = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], 'a text'),
  v.transform((value) => String(value)),
);

const asNumber = v.pipe(
  v.union([v.number(), v.string()], 'a number'),
  v.transform((value) => Number(value)),
  v.finite('a number'),
);

/** Reads a value by a schema whose messages say what was expected. */
const valueAt = <Output>(
  value: unknown,
  where: string,
  schema: v.GenericSchema<unknown, Output>,
): Output => {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [{ message }] = parsed.issues;
  throw refuse(where, `expected ${message}, found ${JSON.stringify(value)}.`);
};
