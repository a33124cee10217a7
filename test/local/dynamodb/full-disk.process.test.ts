import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTables } from '../../../local/dynamodb/create-tables.ts';
import { encoded, openEngine } from '../../../local/dynamodb/engine.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-tables-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const table = {
  input: {
    TableName: 'tasks',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
  expiresBy: undefined,
};

const moduleAt = (name: string): string =>
  JSON.stringify(new URL(`../../../local/dynamodb/${name}`, import.meta.url).href);

it('takes no write after one that did not fit on the disk, so that the next start finds every write that was answered', async () => {
  const path = join(dir, 'dynamodb.jsonl');
  const program = join(dir, 'program.mjs');
  writeFileSync(
    program,
    `const { createTables } = await import(${moduleAt('create-tables.ts')});
    const { encoded, openEngine } = await import(${moduleAt('engine.ts')});
    const engine = openEngine(${JSON.stringify(path)});
    await createTables(engine, [${JSON.stringify(table)}]);
    const write = async (revision, text) => {
      const input = {
        TableName: 'tasks',
        Item: { id: { S: 'a' }, revision: { N: String(revision) }, text: { S: text } },
        ...(revision === 1 ? {} : {
          ConditionExpression: 'revision = :read',
          ExpressionAttributeValues: { ':read': { N: String(revision - 1) } },
        }),
      };
      const answer = engine.call('PutItem', encoded(input));
      console.log(await answer.then(({ status }) => status, (cause) => cause.message));
    };
    await write(1, 'short');
    await write(2, 'x'.repeat(10_000));
    await write(3, 'short');`,
  );
  // No file grows beyond four blocks, as none does on a full disk.
  const command = ['-c', 'ulimit -f 4; exec "$0" "$1"', process.execPath, program];
  const lines = execFileSync('sh', command, { encoding: 'utf8' }).trim().split('\n');
  expect(lines).toEqual(['200', expect.stringMatching(/^EFBIG/), '503']);

  const engine = openEngine(path);
  await createTables(engine, [table]);
  const { body } = await engine.call('Scan', encoded({ TableName: 'tasks' }));
  await engine.stop();
  expect(JSON.parse(body).Items).toMatchObject([{ id: { S: 'a' }, revision: { N: '1' } }]);
});
