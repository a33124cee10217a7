import { AwsError } from './errors.ts';

/** A parsed JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed value is an object with fields (no array, no null). */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An optional string member of a call; a value of another type is AWS's SerializationException. */
export const optionalText = (input: JsonObject, name: string): string | undefined => {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(name, 'a string');
  return value;
};

/** A required string member; its absence is AWS's ValidationException. */
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
export const optionalNumber = (input: JsonObject, name: string): number | undefined => {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw wrongType(name, 'a number');
  return value;
};

/** A boolean member; absent is false. */
export const flag = (input: JsonObject, name: string): boolean => input[name] === true;

/** A list member; absent is empty. */
export const list = (input: JsonObject, name: string): readonly unknown[] => {
  const value = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(name, 'a list');
  return value;
};

/** A list member of strings; absent is empty. */
export const texts = (input: JsonObject, name: string): readonly string[] =>
  list(input, name).map((value) => {
    if (typeof value !== 'string') throw wrongType(name, 'a list of strings');
    return value;
  });

/** A list member of objects; absent is empty. */
export const objects = (input: JsonObject, name: string): readonly JsonObject[] =>
  list(input, name).map((value) => {
    if (!isObject(value)) throw wrongType(name, 'a list of objects');
    return value;
  });

const wrongType = (name: string, expected: string): AwsError =>
  new AwsError('SerializationException', `${name} must be ${expected}.`);
