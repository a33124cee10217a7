import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownedRuns } from '../../shared/aws/owned-runs.ts';
import type { OwnedRuns } from '../../shared/ports/owned-runs.ts';
import { openContractEndpoint } from '../kit/endpoint.ts';
import { memoryOwnedRuns } from '../memory/owned-runs.ts';

const now = Date.UTC(2026, 10, 24);
const film = { taskId: 'film-1', run: 2, ecsTaskArn: 'arn:aws:ecs:eu-central-1:1:task/c/0001' };

describe('the run of an ECS task', () => {
  let endpoint: Awaited<ReturnType<typeof openContractEndpoint>>;
  let client: DynamoDBClient;
  const opened = new Map<string, OwnedRuns>();
  beforeAll(async () => {
    endpoint = await openContractEndpoint();
    client = new DynamoDBClient(endpoint.config);
    opened.set('memory', memoryOwnedRuns());
    opened.set('the local endpoint', ownedRuns({ client, table: endpoint.table }));
  });
  afterAll(async () => {
    client.destroy();
    await endpoint.close();
  });
  const over = (name: string): OwnedRuns => opened.get(name) ?? memoryOwnedRuns();

  test.each(['memory', 'the local endpoint'])('is read as it was saved, over %s', async (name) => {
    const owners = over(name);
    expect(await owners.read('0001')).toBeUndefined();
    await owners.save('0001', film, now);
    await owners.save('0001', film, now);
    expect(await owners.read('0001')).toEqual(film);
    expect(await owners.read('0002')).toBeUndefined();
  });

  test('is asked for again when somebody has changed its item', async () => {
    const owners = over('the local endpoint');
    await owners.save('0003', film, now);
    const command = new UpdateItemCommand({
      TableName: endpoint.table,
      Key: { taskId: { S: '#ecs/0003' } },
      UpdateExpression: 'SET run = :run',
      ExpressionAttributeValues: { ':run': { S: 'two' } },
    });
    await client.send(command);
    expect(await owners.read('0003')).toBeUndefined();
    await owners.save('0003', film, now);
    expect(await owners.read('0003')).toEqual(film);
  });

  test('expires after 15 days', async () => {
    await over('the local endpoint').save('0004', film, now);
    const get = new GetItemCommand({
      TableName: endpoint.table,
      Key: { taskId: { S: '#ecs/0004' } },
    });
    const { Item } = await client.send(get);
    expect(Item?.expiresAt).toEqual({ N: `${Date.UTC(2026, 11, 9) / 1_000}` });
  });
});
