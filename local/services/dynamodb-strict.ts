import { AwsError } from '../endpoint/errors.ts';
import { isObject, type JsonObject, objects } from '../endpoint/input.ts';

/** The keys of a table and of its indexes. */
export type TableKeys = {
  readonly table: readonly KeyPart[];
  readonly indexes: readonly { readonly name: string; readonly keys: readonly KeyPart[] }[];
};

type KeyPart = { readonly name: string; readonly kind: string };

/** DynamoDB service quotas: partition keys of 2,048 bytes, sort keys of 1,024, values nested 32 levels deep. */
const maxKeyBytes: Readonly<Record<string, number>> = { HASH: 2048, RANGE: 1024 };
const maxDepth = 32;

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

const keyPartsOf = (schema: JsonObject): readonly KeyPart[] =>
  objects(schema, 'KeySchema').map((part) => ({
    name: String(part.AttributeName),
    kind: String(part.KeyType),
  }));

/** The keys that a CreateTable input declares. */
export const keysOf = (table: JsonObject): TableKeys => ({
  table: keyPartsOf(table),
  indexes: objects(table, 'GlobalSecondaryIndexes').map((index) => ({
    name: String(index.IndexName),
    keys: keyPartsOf(index),
  })),
});

/** The text or the bytes of a key attribute's value; undefined for numbers and for no value. */
const contentOf = (value: unknown): Buffer | undefined => {
  if (!isObject(value)) return undefined;
  if (typeof value.S === 'string') return Buffer.from(value.S);
  if (typeof value.B === 'string') return Buffer.from(value.B, 'base64');
  return undefined;
};

const checkKeyPart = (part: KeyPart, value: unknown, index: string | undefined): void => {
  const content = contentOf(value);
  if (content === undefined) return;
  const limit = maxKeyBytes[part.kind] ?? 0;
  const where =
    index === undefined ? `Key: ${part.name}` : `IndexName: ${index}, IndexKey: ${part.name}`;
  if (content.length === 0) {
    const forIndex = 'A value specified for a secondary index key is not supported. ';
    throw invalid(
      `One or more parameter values are not valid. ${index === undefined ? '' : forIndex}The AttributeValue for a key attribute cannot contain an empty string value. ${where}`,
    );
  }
  if (content.length > limit) {
    throw invalid(
      `One or more parameter values were invalid: Size of ${part.kind === 'HASH' ? 'hashkey' : 'rangekey'} has exceeded the maximum size limit of ${limit} bytes. ${where}`,
    );
  }
};

const childrenOf = (value: JsonObject): readonly unknown[] => {
  if (Array.isArray(value.L)) return value.L;
  return isObject(value.M) ? Object.values(value.M) : [];
};

const checkDepth = (value: unknown, depth: number): void => {
  if (depth > maxDepth) {
    throw invalid('Nesting Levels have exceeded supported limits: Attributes nested too deeply.');
  }
  if (!isObject(value)) return;
  for (const child of childrenOf(value)) checkDepth(child, depth + 1);
};

const checkAttributes = (values: unknown): void => {
  if (!isObject(values)) return;
  for (const value of Object.values(values)) checkDepth(value, 1);
};

/** What an update would set the attributes to, as far as an expression says it plainly: `#name = :value`. */
const setBy = (input: JsonObject): Readonly<Record<string, unknown>> => {
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
  checkAttributes(item);
  for (const part of keys?.table ?? []) checkKeyPart(part, item[part.name], undefined);
  for (const index of keys?.indexes ?? []) {
    for (const part of index.keys) checkKeyPart(part, item[part.name], index.name);
  }
};

const itemsOf = (action: string, input: JsonObject): readonly JsonObject[] => {
  const items: readonly unknown[] =
    {
      PutItem: [input.Item],
      UpdateItem: [input.Key, setBy(input), input.ExpressionAttributeValues],
      GetItem: [input.Key],
      DeleteItem: [input.Key],
    }[action] ?? [];
  return items.filter(isObject);
};

/** The items that a batch puts, each with its table. */
const batched = (input: JsonObject): readonly { table: string; item: JsonObject }[] => {
  const tables = isObject(input.RequestItems) ? Object.entries(input.RequestItems) : [];
  return tables.flatMap(([table, requests]) =>
    (Array.isArray(requests) ? requests : []).flatMap((request) => {
      const put: unknown = isObject(request) ? request.PutRequest : undefined;
      return isObject(put) && isObject(put.Item) ? [{ table, item: put.Item }] : [];
    }),
  );
};

/** Refuses what DynamoDB refuses and dynalite lets pass: empty and long keys, deep values. */
export const checkLimits = (
  action: string,
  input: JsonObject,
  keysOfTable: (name: string) => TableKeys | undefined,
): void => {
  const keys = keysOfTable(String(input.TableName));
  for (const item of itemsOf(action, input)) checkWritten(item, keys);
  if (action !== 'BatchWriteItem') return;
  for (const { table, item } of batched(input)) checkWritten(item, keysOfTable(table));
};
