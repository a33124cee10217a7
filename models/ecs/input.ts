import * as v from 'valibot';
import { isObject } from '../object.ts';

/*
 * The words in which the inputs of ECS's operations are described. A message is the end of a
 * sentence that begins with the member's place: `containerDefinitions[0].name must be a string`.
 */

export const text = v.string('must be a string');
export const flag = v.boolean('must be a boolean');
export const integer = v.custom<number>(Number.isInteger, 'must be an integer');

export const optional = v.exactOptional;

export const listOf = <const Item extends v.GenericSchema>(item: Item) =>
  v.pipe(v.array(item, 'must be a list'), v.readonly());

export const mapOf = <const Item extends v.GenericSchema>(item: Item) =>
  v.pipe(record, v.record(text, item), v.readonly());

/** Members that the schema does not name are allowed and kept, as in AWS's JSON protocol. */
export const object = <const Fields extends v.ObjectEntries>(fields: Fields) =>
  v.pipe(record, v.looseObject(fields, 'is required'), v.readonly());

/** A body without the members that are `null`, at any depth: AWS's protocol reads them as absent. */
export const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each === null || each === undefined ? [] : [[key, withoutNulls(each)]],
    ),
  );
};

/** valibot's own object and record accept a list. */
const record = v.custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object');
