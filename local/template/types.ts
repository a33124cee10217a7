import { isObject, type JsonObject } from '../endpoint/input.ts';

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

/** Where the template is taken to be deployed. */
export interface Place {
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
    place: Place,
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
export const objectAt = (value: unknown, where: string): JsonObject => {
  if (isObject(value)) return value;
  throw refuse(where, `expected an object, found ${JSON.stringify(value)}.`);
};

/** The text at a place of the template. CloudFormation takes numbers and booleans for texts, and so does this. */
export const textAt = (value: unknown, where: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw refuse(where, `expected a text, found ${JSON.stringify(value)}.`);
};

/** The number at a place of the template, or the given one when there is none; a numeric text counts. */
export const numberAt = (value: unknown, where: string, otherwise: number): number => {
  if (value === undefined) return otherwise;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw refuse(where, `expected a number, found ${JSON.stringify(value)}.`);
};

/** The list at a place of the template; absent is empty. */
export const listAt = (value: unknown, where: string): readonly unknown[] => {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw refuse(where, `expected a list, found ${JSON.stringify(value)}.`);
};
