import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSmallCloud, type SmallCloud } from '../kit/small-cloud.ts';
import { caseRow, type TableCase } from '../kit/table-cases/table-case.ts';
import { tableCases } from '../kit/table-cases/table-cases.ts';

const TableName = 'davit-local-tasks';

let small: SmallCloud;
let client: DynamoDBClient;

beforeAll(async () => {
  small = await openSmallCloud();
  client = new DynamoDBClient({ ...small.client, maxAttempts: 1 });
});

afterAll(() => small.stop());

/** The answer of the local endpoint, in the shape of the model's. */
const answerTo = async ({ action, input }: TableCase): Promise<object> => {
  try {
    const { $metadata: _metadata, ...output } = await send(action, { TableName, ...input });
    return { ok: true, output };
  } catch (error) {
    if (!(error instanceof DynamoDBServiceException)) throw error;
    const extra =
      error instanceof ConditionalCheckFailedException ? { extra: { Item: error.Item } } : {};
    return { ok: false, error: { code: error.name, message: error.message, ...extra } };
  }
};

// The compiler cannot know that a case's input is that of its action: the endpoint checks it.
const send = (action: TableCase['action'], input: object & { TableName: string }) => {
  const unchecked = Object(input);
  return {
    GetItem: () => client.send(new GetItemCommand(unchecked)),
    PutItem: () => client.send(new PutItemCommand(unchecked)),
    UpdateItem: () => client.send(new UpdateItemCommand(unchecked)),
    DeleteItem: () => client.send(new DeleteItemCommand(unchecked)),
    Query: () => client.send(new QueryCommand(unchecked)),
  }[action]();
};

describe('the local table answers as the model of DynamoDB does', () => {
  it.each(tableCases)('$what', async (one) => {
    await client.send(new PutItemCommand({ TableName, Item: caseRow }));
    const answer = await answerTo(one);
    if (one.locally === undefined) expect(answer).toMatchObject(one.answer);
    // A difference that is gone must leave the list.
    else expect(answer).not.toMatchObject(one.answer);
  });
});
