import { itemRefusal, type TableKeys } from '../../models/dynamodb/limits.ts';
import { isObject } from '../../shared/core/object.ts';
import { AwsError } from '../endpoint/errors.ts';
import { type JsonObject, objects } from '../endpoint/input.ts';

/** The keys that a CreateTable input declares. */
export const keysOf = (table: JsonObject): TableKeys => ({
  table: keyPartsOf(table),
  indexes: objects(table, 'GlobalSecondaryIndexes').map((index) => ({
    name: String(index.IndexName),
    keys: keyPartsOf(index),
  })),
});

/** Refuses what DynamoDB refuses and dynalite accepts: empty and long keys, deep values. */
export const checkLimits = (
  action: string,
  input: JsonObject,
  keysOfTable: (name: string) => TableKeys | undefined,
): void => {
  const keys = keysOfTable(String(input.TableName));
  for (const item of itemsOf(action, input)) checkWritten(item, keys);
  if (action !== 'BatchWriteItem') return;
  for (const { table, item } of itemsOfBatch(input)) checkWritten(item, keysOfTable(table));
};

const keyPartsOf = (schema: JsonObject): TableKeys['table'] =>
  objects(schema, 'KeySchema').map((part) => ({
    name: String(part.AttributeName),
    kind: String(part.KeyType),
  }));

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

const checkWritten = (item: JsonObject, keys: TableKeys | undefined): void => {
  const refused = itemRefusal(item, keys);
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
