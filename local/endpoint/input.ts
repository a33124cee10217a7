import * as v from 'valibot';
import { isObject } from '../../shared/core/object.ts';
import { AwsError } from './errors.ts';

/** A parsed JSON object whose members are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A schema of objects whose members are not checked yet. */
export const anyObject = (message: string) => v.custom<JsonObject>(isObject, message);

/** An optional string member of a call. A value of another type is AWS's SerializationException. */
export const optionalText = (input: JsonObject, name: string): string | undefined =>
  member(input, name, v.string('a string'));

/** A required string member. Its absence is AWS's ValidationException. */
export const text = (input: JsonObject, name: string): string => {
  const value = optionalText(input, name);
  if (value === undefined || value === '') {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
};

/** An optional number member. */
export const optionalNumber = (input: JsonObject, name: string): number | undefined =>
  member(input, name, v.number('a number'));

/** A boolean member; absent is false. */
export const flag = (input: JsonObject, name: string): boolean =>
  v.is(v.literal(true), input[name]);

/** A list member; absent is empty. */
export const list = (input: JsonObject, name: string): readonly unknown[] =>
  member(input, name, v.array(v.unknown(), 'a list')) ?? [];

/** A list member of strings; absent is empty. */
export const texts = (input: JsonObject, name: string): readonly string[] =>
  member(input, name, v.array(v.string('a list of strings'), 'a list')) ?? [];

/** A list member of objects; absent is empty. */
export const objects = (input: JsonObject, name: string): readonly JsonObject[] =>
  member(input, name, v.array(anyObject('a list of objects'), 'a list')) ?? [];

/** Reads a member by a schema whose messages say what the member must be. Absent and null are undefined. */
const member = <Output>(
  input: JsonObject,
  name: string,
  schema: v.GenericSchema<unknown, Output>,
): Output | undefined => {
  const parsed = v.safeParse(v.nullish(schema), input[name]);
  if (parsed.success) return parsed.output ?? undefined;
  const [{ message }] = parsed.issues;
  throw new AwsError('SerializationException', `${name} must be ${message}.`);
};
