import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventBus, refusalsBus } from '../../shared/aws/bus.ts';
import { secretReader } from '../../shared/aws/secrets.ts';
import { anyTask } from '../kit/arbitrary-task.ts';
import { type ContractEndpoint, openContractEndpoint, secretArn } from '../kit/endpoint.ts';

describe('over the local endpoint', () => {
  let endpoint: ContractEndpoint;
  beforeAll(async () => {
    endpoint = await openContractEndpoint();
  });
  afterAll(() => endpoint.close());

  test('the bus of ended tasks gets the CloudEvent as detail, under its type', async () => {
    const [task] = fc.sample(anyTask, { numRuns: 1, seed: 1 });
    if (!task) throw new Error('No sample of a task');
    const id = `${task.taskId}/1/bus.succeeded`;
    const client = new EventBridgeClient(endpoint.config);
    const bus = eventBus({ client, bus: 'davit', source: '/davit/test' });
    const effect = {
      kind: 'notify',
      id,
      run: 1,
      to: 'bus',
      what: 'succeeded',
      at: Date.UTC(2026, 10, 24),
      sequence: 7,
      body: { run: 1, attempts: 1, tenant: 'default', tool: 'echo' },
    } as const;
    expect(await bus.put(task, effect)).toEqual({ kind: 'sent' });
    expect(endpoint.onBus).toEqual([
      expect.objectContaining({
        source: 'davit',
        'detail-type': 'davit.task.succeeded',
        detail: expect.objectContaining({ id, subject: task.taskId, source: '/davit/test' }),
      }),
    ]);
    client.destroy();
  });

  test('the bus of refused pins gets them in the same way', async () => {
    const client = new EventBridgeClient(endpoint.config);
    const bus = refusalsBus({ client, bus: 'davit', source: '/davit/test' });
    const refusal = { version: '9.9.9', why: 'there is no image', at: Date.UTC(2026, 10, 24) };
    expect(await bus.put({ tool: 'echo', changedAt: 0, refusal })).toEqual({ kind: 'sent' });
    expect(endpoint.onBus.at(-1)).toMatchObject({
      source: 'davit',
      'detail-type': 'davit.release.refused',
      detail: { subject: 'echo', data: { version: '9.9.9', why: 'there is no image' } },
    });
    client.destroy();
  });

  test("a broker user's secret is read by its ARN", async () => {
    const client = new SecretsManagerClient(endpoint.config);
    const read = secretReader({ client });
    expect(await read(secretArn)).toHaveProperty('username', 'davit');
    await expect(read('arn:unknown')).rejects.toThrow(/Secret arn:unknown could not be read: /);
    client.destroy();
  });
});
