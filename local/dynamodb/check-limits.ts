import { itemRefusal } from '../../models/dynamodb/limits.ts';
import type { Schema } from '../../models/dynamodb/schema.ts';
import { isObject } from '../../shared/core/object.ts';
import { AwsError } from '../endpoint/errors.ts';
import type { JsonObject } from '../endpoint/input.ts';

/** Refuses what DynamoDB refuses and dynalite accepts: empty and long keys, deep values. */
export const checkLimits = (
  action: string,
  input: JsonObject,
  schemaOfTable: (name: string) => Schema | undefined,
): void => {
  const schema = schemaOfTable(String(input.TableName));
  for (const item of itemsOf(action, input)) checkWritten(item, schema);
  if (action !== 'BatchWriteItem') return;
  for (const { table, item } of itemsOfBatch(input)) checkWritten(item, schemaOfTable(table));
};

const itemsOf = (action: string, input: JsonObject): readonly JsonObject[] => {
  const items: readonly unknown[] =
    {
      PutItem: [input.Item],
      UpdateItem: [input.Key, updatedBy(input), input.ExpressionAttributeValues],
      GetItem: [input.Key],
      DeleteItem: [input.Key],
    }[action] ?? [];
  return items.filter(isObject);
};

/** The attributes that an update sets, as far as they can be read from expressions such as `#name = :value`. */
const updatedBy = (input: JsonObject): Readonly<Record<string, unknown>> => {
  const expression = typeof input.UpdateExpression === 'string' ? input.UpdateExpression : '';
  const names = isObject(input.ExpressionAttributeNames) ? input.ExpressionAttributeNames : {};
  const values = isObject(input.ExpressionAttributeValues) ? input.ExpressionAttributeValues : {};
  return Object.fromEntries(
    [...expression.matchAll(/([#\w-]+)\s*=\s*(:\w+)/g)].map(([, name = '', value = '']) => [
      String(names[name] ?? name),
      values[value],
    ]),
  );
};

const checkWritten = (item: JsonObject, schema: Schema | undefined): void => {
  const refused = itemRefusal(item, schema);
  if (refused !== undefined) throw new AwsError('ValidationException', refused);
};

/** The items that a batch puts, each with its table. */
const itemsOfBatch = (input: JsonObject): readonly { table: string; item: JsonObject }[] => {
  const tables = isObject(input.RequestItems) ? Object.entries(input.RequestItems) : [];
  return tables.flatMap(([table, requests]) =>
    (Array.isArray(requests) ? requests : []).flatMap((request) => {
      const put: unknown = isObject(request) ? request.PutRequest : undefined;
      return isObject(put) && isObject(put.Item) ? [{ table, item: put.Item }] : [];
    }),
  );
};
