import * as v from 'valibot';
import { type Answer, refused } from '../answer.ts';
import { isObject } from '../object.ts';
import type { Item } from './types.ts';
import { isItem } from './values.ts';

const text = v.optional(v.string('must be a string'));
const flag = v.optional(v.boolean('must be a boolean'));
const item = v.custom<Item>(isItem, 'must be a map of attribute values');
const names = v.optional(
  v.custom<Readonly<Record<string, string>>>(
    (value) => isObject(value) && Object.values(value).every((each) => typeof each === 'string'),
    'must be a map of strings',
  ),
);
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  v.optional(v.picklist(words, `must be one of ${words.join(', ')}`));

const common = {
  TableName: v.string('is required'),
  ExpressionAttributeNames: names,
  // What a call costs does not matter here.
  ReturnConsumedCapacity: text,
};

const written = {
  ...common,
  ConditionExpression: text,
  ExpressionAttributeValues: v.optional(item),
  ReturnValuesOnConditionCheckFailure: oneOf(['ALL_OLD', 'NONE']),
  ReturnItemCollectionMetrics: text,
};

export const getInput = v.strictObject({
  ...common,
  Key: item,
  ConsistentRead: flag,
  ProjectionExpression: text,
});

export const putInput = v.strictObject({
  ...written,
  Item: item,
  ReturnValues: oneOf(['NONE', 'ALL_OLD']),
});

export const updateInput = v.strictObject({
  ...written,
  Key: item,
  UpdateExpression: text,
  ReturnValues: oneOf(['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW']),
});

export const deleteInput = v.strictObject({
  ...written,
  Key: item,
  ReturnValues: oneOf(['NONE', 'ALL_OLD']),
});

export const queryInput = v.strictObject({
  ...common,
  ExpressionAttributeValues: v.optional(item),
  IndexName: text,
  KeyConditionExpression: v.string('must be specified in the request.'),
  FilterExpression: text,
  ProjectionExpression: text,
  Limit: v.optional(v.number('must be a number')),
  ExclusiveStartKey: v.optional(item),
  ScanIndexForward: flag,
  ConsistentRead: flag,
  Select: oneOf(['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES', 'COUNT']),
});

/** The answer to an input that fits the schema; another one, and one with members that the model does not know, is refused. */
export const checked = <const Schema extends v.GenericSchema, Output>(
  schema: Schema,
  input: unknown,
  answer: (fit: v.InferOutput<Schema>) => Answer<Output>,
): Answer<Output> => {
  if (fits(schema, input)) return answer(input);
  const [issue] = v.safeParse(schema, input).issues ?? [];
  const member = issue?.path?.map(({ key }) => String(key)).join('.') ?? 'the input';
  return invalid(
    issue?.type === 'strict_object'
      ? `The model of DynamoDB does not know ${member}.`
      : `1 validation error detected: ${member} ${issue?.message}`,
  );
};

/** AWS's answer to a request that it does not understand or does not take. */
export const invalid = (message: string) => refused('ValidationException', message);

const fits = <const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): input is v.InferOutput<Schema> => v.is(schema, input);
