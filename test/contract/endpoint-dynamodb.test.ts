import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSmallCloud, type SmallCloud } from '../kit/small-cloud.ts';

const TableName = 'davit-local-tasks';

let small: SmallCloud;
let table: DynamoDBClient;

beforeAll(async () => {
  small = await openSmallCloud();
  table = new DynamoDBClient(small.client);
});

afterAll(() => small.stop());

const put = (Item: PutItemCommand['input']['Item'], more: object = {}) =>
  table.send(new PutItemCommand({ TableName, Item, ...more }));

const deep = (levels: number): PutItemCommand['input']['Item'] =>
  levels === 0 ? { a: { S: 'x' } } : { a: { M: deep(levels - 1) ?? {} } };

it('has the tables of the template, and lets no client create, change or delete one', async () => {
  const key = { AttributeName: 'id' };
  const create = new CreateTableCommand({
    TableName: 'mine',
    KeySchema: [{ ...key, KeyType: 'HASH' }],
    AttributeDefinitions: [{ ...key, AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const refusal = { name: 'AccessDeniedException', message: expect.stringContaining('infra/') };
  await expect(table.send(create)).rejects.toMatchObject(refusal);
  const remove = new DeleteTableCommand({ TableName });
  await expect(table.send(remove)).rejects.toMatchObject(refusal);
  const change = new UpdateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST' });
  await expect(table.send(change)).rejects.toMatchObject(refusal);
});

it('keeps items, and finds them by an index', async () => {
  await put({ taskId: { S: 't1' }, phase: { S: 'QUEUED' }, updatedAt: { S: '2026' } });
  const found = await table.send(
    new QueryCommand({
      TableName,
      IndexName: 'by-phase',
      KeyConditionExpression: 'phase = :p',
      ExpressionAttributeValues: { ':p': { S: 'QUEUED' } },
    }),
  );
  expect(found.Items?.map((item) => item.taskId)).toEqual([{ S: 't1' }]);
});

it('shows the loser of a race the row of the winner, as AWS does', async () => {
  await put({ taskId: { S: 'race' }, revision: { N: '7' } });
  const lost = put(
    { taskId: { S: 'race' }, revision: { N: '1' } },
    {
      ConditionExpression: 'attribute_not_exists(taskId)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  );
  const error = await lost.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ConditionalCheckFailedException);
  expect(error).toMatchObject({ Item: { taskId: { S: 'race' }, revision: { N: '7' } } });
});

it.each([
  ['an empty key', { taskId: { S: '' } }],
  ['an empty key of an index', { taskId: { S: 'x' }, phase: { S: '' }, updatedAt: { S: 'u' } }],
  ['a partition key over 2048 bytes', { taskId: { S: 'x'.repeat(2049) } }],
  [
    'a sort key of an index over 1024 bytes',
    {
      taskId: { S: 'x' },
      phase: { S: 'p' },
      updatedAt: { S: 'u'.repeat(1025) },
    },
  ],
  ['values nested more than 32 levels', { taskId: { S: 'x' }, ...deep(32) }],
  ['an item over 400 KB', { taskId: { S: 'x' }, payload: { S: 'x'.repeat(410_000) } }],
])('refuses %s, as AWS does', async (_what, item) => {
  await expect(put(item)).rejects.toMatchObject({ name: 'ValidationException' });
});

it('accepts values nested 32 levels deep', async () => {
  await put({ taskId: { S: 'deep' }, ...deep(31) });
});

it('refuses an update that empties the key of an index', async () => {
  await put({ taskId: { S: 'u' }, phase: { S: 'QUEUED' }, updatedAt: { S: '1' } });
  const update = table.send(
    new UpdateItemCommand({
      TableName,
      Key: { taskId: { S: 'u' } },
      UpdateExpression: 'SET #p = :p, updatedAt = :u',
      ExpressionAttributeNames: { '#p': 'phase' },
      ExpressionAttributeValues: { ':p': { S: '' }, ':u': { S: '2' } },
    }),
  );
  await expect(update).rejects.toMatchObject({ name: 'ValidationException' });
});

it('names the attribute by which items expire', async () => {
  const answer = await table.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(answer.TimeToLiveDescription).toEqual({
    TimeToLiveStatus: 'ENABLED',
    AttributeName: 'expiresAt',
  });
});

it('keeps its items over restarts, as after the last of many writes', async () => {
  const update = (revision: number) =>
    table.send(
      new UpdateItemCommand({
        TableName,
        Key: { taskId: { S: 'kept' } },
        UpdateExpression: 'SET revision = :new, payload = :b ADD hits :one',
        ConditionExpression: 'revision = :old',
        ExpressionAttributeValues: {
          ':new': { N: String(revision + 1) },
          ':old': { N: String(revision) },
          ':b': { B: new Uint8Array([0, 255, 10]) },
          ':one': { N: '1' },
        },
      }),
    );
  await put({ taskId: { S: 'kept' }, revision: { N: '1' }, text: { S: 'two\nlines' } });
  await put({ taskId: { S: 'gone' } });
  await table.send(new DeleteItemCommand({ TableName, Key: { taskId: { S: 'gone' } } }));
  for (const revision of [1, 2, 3]) await update(revision);
  await expect(update(1)).rejects.toThrow(ConditionalCheckFailedException);
  for (const _restart of [1, 2]) {
    await small.stop('keep');
    small = await openSmallCloud({ dir: small.dir });
    table = new DynamoDBClient(small.client);
    const get = async (id: string) => {
      const Key = { taskId: { S: id } };
      return (await table.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
    };
    expect(await get('kept')).toEqual({
      taskId: { S: 'kept' },
      revision: { N: '4' },
      text: { S: 'two\nlines' },
      payload: { B: new Uint8Array([0, 255, 10]) },
      hits: { N: '3' },
    });
    expect(await get('gone')).toBeUndefined();
  }
});
