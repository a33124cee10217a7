import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { conditionalUpdateOf } from '../../shared/aws/conditional-update.ts';

const open = () => {
  const mock = mockClient(DynamoDBClient);
  const client = new DynamoDBClient({ region: 'eu-central-1' });
  const update = conditionalUpdateOf({ client, table: 'tasks', callOptions: {} });
  const change = {
    taskId: '#gate/a',
    subject: 'Gate a',
    UpdateExpression: 'SET revision = :next',
    ConditionExpression: 'revision = :was',
    values: { ':next': 2, ':was': 1 },
  };
  return { mock, update: () => update(change) };
};

describe('a conditional update', () => {
  it('writes one item, and answers true', async () => {
    const { mock, update } = open();
    mock.on(UpdateItemCommand).resolves({});
    expect(await update()).toBe(true);
    expect(mock.commandCalls(UpdateItemCommand).map(({ args }) => args[0].input)).toEqual([
      {
        TableName: 'tasks',
        Key: { taskId: { S: '#gate/a' } },
        UpdateExpression: 'SET revision = :next',
        ConditionExpression: 'revision = :was',
        ExpressionAttributeValues: { ':next': { N: '2' }, ':was': { N: '1' } },
      },
    ]);
  });

  it('answers false when the condition failed', async () => {
    const { mock, update } = open();
    mock
      .on(UpdateItemCommand)
      .rejects(new ConditionalCheckFailedException({ message: 'no', $metadata: {} }));
    expect(await update()).toBe(false);
  });

  it('throws any other error, with the subject and the table', async () => {
    const { mock, update } = open();
    mock.on(UpdateItemCommand).rejects(new Error('no connection'));
    await expect(update()).rejects.toThrow(
      'Gate a could not be written to table tasks: no connection',
    );
  });
});
