import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const smallCloud = new URL('../../kit/small-cloud.ts', import.meta.url).href;
const dynamodb = import.meta.resolve('@aws-sdk/client-dynamodb');

it('ends its process when a call cannot be kept because the disk is full', () => {
  const dir = mkdtempSync(join(tmpdir(), 'davit-endpoint-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const program = join(dir, 'program.mjs');
  writeFileSync(
    program,
    `const { openSmallCloud } = await import(${JSON.stringify(smallCloud)});
    const { DynamoDBClient, PutItemCommand } = await import(${JSON.stringify(dynamodb)});
    const { client } = await openSmallCloud({ dir: ${JSON.stringify(join(dir, 'cloud'))} });
    const db = new DynamoDBClient({ ...client, maxAttempts: 1 });
    const put = (taskId, text) => db.send(new PutItemCommand({
      TableName: 'davit-local-tasks',
      Item: { taskId: { S: taskId }, text: { S: text } },
    }));
    await put('a', 'short');
    console.log('kept');
    await put('b', 'x'.repeat(200_000)).catch(({ name }) => console.log(name));
    setInterval(() => {}, 1_000);`,
  );
  // No file grows beyond 256 blocks of 512 bytes, as none does on a full disk.
  const command = ['-c', 'ulimit -f 256; exec "$0" "$1"', process.execPath, program];
  const { stdout, stderr, status } = spawnSync('sh', command, {
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect(stdout).toMatch(/^kept\n/);
  expect(stderr).toMatch(/EFBIG: file too large, write/);
  expect(status).not.toBe(null);
  expect(status).not.toBe(0);
});
