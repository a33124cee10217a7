import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openEngine } from '../../../local/services/dynalite.ts';
import { until } from '../../kit/until.ts';

const dir = mkdtempSync(join(tmpdir(), 'davit-tables-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const encoded = (input: object): Buffer => Buffer.from(JSON.stringify(input));

it('answers every call in flight before its files close, and refuses those that come later', async () => {
  const engine = await openEngine(dir);
  const key = { AttributeName: 'id', KeyType: 'HASH' };
  await engine.call(
    'CreateTable',
    encoded({
      TableName: 'tasks',
      KeySchema: [key],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await until('the table', async () => {
    const described = await engine.call('DescribeTable', encoded({ TableName: 'tasks' }));
    return String(described.body).includes('ACTIVE') || undefined;
  });
  const numbers = Array.from({ length: 40 }, (_, n) => String(n));
  await Promise.all(
    numbers.map((n) =>
      engine.call('PutItem', encoded({ TableName: 'tasks', Item: { id: { S: n } } })),
    ),
  );
  const scans = numbers.map(() => engine.call('Scan', encoded({ TableName: 'tasks' })));
  await engine.stop();
  for (const answer of await Promise.all(scans)) {
    expect(answer.status).toBe(200);
    expect(JSON.parse(String(answer.body)).Count).toBe(40);
  }
  const late = await engine.call('Scan', encoded({ TableName: 'tasks' }));
  expect(late.status).toBe(503);
});
