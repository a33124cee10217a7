import { isObject } from '../../models/object.ts';
import type { JsonObject } from '../endpoint/input.ts';
import {
  arnFor,
  forEach,
  listIn,
  type Need,
  type NeedSite,
  type NeedsOf,
  objectIn,
  textIn,
} from './need.ts';

/** The needs of a call on one item: its table, and its partition key as `dynamodb:LeadingKeys`. */
const ofItem =
  (name: string, member: 'Key' | 'Item'): NeedsOf =>
  (input, site) => [
    itemNeed(name, { table: textIn(input, 'TableName'), keys: [objectIn(input, member)] }, site),
  ];

const itemNeed = (
  name: string,
  { table, keys }: { readonly table: string; readonly keys: readonly JsonObject[] },
  site: NeedSite,
): Need => {
  const partitionKey = site.partitionKey(table);
  const leading = keys.map((key) => scalarOf(partitionKey === undefined ? '' : key[partitionKey]));
  return {
    action: `dynamodb:${name}`,
    resource: tableArn(table, site),
    context: { 'dynamodb:LeadingKeys': leading.length === 0 ? [''] : leading },
  };
};

const tableArn = (given: string, site: NeedSite): string =>
  arnFor(site, 'dynamodb', { given, rest: `table/${given}` });

/** The text in an attribute value such as `{ S: 'x' }`. An empty text is not the key of any item. */
const scalarOf = (value: unknown): string => {
  const [scalar] = isObject(value) ? Object.values(value) : [];
  return typeof scalar === 'string' ? scalar : '';
};

/** DynamoDB's actions (Service Authorization Reference, Amazon DynamoDB). */
export const dynamodbNeeds: Readonly<Record<string, NeedsOf>> = {
  GetItem: ofItem('GetItem', 'Key'),
  PutItem: ofItem('PutItem', 'Item'),
  UpdateItem: ofItem('UpdateItem', 'Key'),
  DeleteItem: ofItem('DeleteItem', 'Key'),
  Query: (input, site) => [
    {
      action: 'dynamodb:Query',
      resource: indexArn(input, site),
      context: { 'dynamodb:LeadingKeys': keysOfQuery(input) },
    },
  ],
  // AWS has no leading keys for a scan.
  Scan: (input, site) => [{ action: 'dynamodb:Scan', resource: indexArn(input, site) }],
  BatchGetItem: (input, site) =>
    forEach(Object.entries(objectIn(input, 'RequestItems')), (entry) => {
      const [table = '', one] = entry ?? [];
      const keys = isObject(one) ? listIn(one, 'Keys').filter(isObject) : [];
      return itemNeed('BatchGetItem', { table, keys }, site);
    }),
  DescribeTable: (input, site) => [
    { action: 'dynamodb:DescribeTable', resource: tableArn(textIn(input, 'TableName'), site) },
  ],
};

const indexArn = (input: JsonObject, site: NeedSite): string => {
  const table = tableArn(textIn(input, 'TableName'), site);
  const index = textIn(input, 'IndexName');
  return index === '' ? table : `${table}/index/${index}`;
};

// Every value of the key condition: more than the partition key, so a policy may be too strict here, but never too lax.
const keysOfQuery = (input: JsonObject): string[] => {
  const values = objectIn(input, 'ExpressionAttributeValues');
  const named = textIn(input, 'KeyConditionExpression').match(/:\w+/g) ?? [];
  return named.length === 0 ? [''] : named.map((name) => scalarOf(values[name]));
};
