import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newFolder, openTestStack, reachOf, type TestStack } from '../kit/local-stack.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { writeShellTool } from '../kit/shell-tool.ts';

const folder = newFolder();
const counts = join(folder, 'counts');
const most = 3;
let one: TestStack;

// The tool itself is the witness: it notes when it begins and when it is done.
const script = `echo + >> '${counts}'; sleep 1; echo - >> '${counts}'`;

/** What a deployment with `maxRunning` in tools.yml does. */
const limitEcho = async (): Promise<void> => {
  const ssm = new SSMClient(reachOf(one.stack.addresses));
  const Name = '/davit/local/tools/echo/spec';
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
  const Value = JSON.stringify({ ...JSON.parse(Parameter?.Value ?? '{}'), maxRunning: most });
  await ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
};

beforeAll(async () => {
  writeShellTool(join(folder, 'images'), join(folder, 'tally'), script);
  one = await openTestStack({ imagesDir: join(folder, 'images') });
  await limitEcho();
});

afterAll(async () => {
  await one?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('no more runs of a tool live than its maxRunning, and all of them come to their end', async () => {
  const ids = Array.from({ length: 15 }, (_, n) => `limited-${n + 1}`);
  await publish(
    one.stack.addresses.amqp,
    ids.map((id) => echoOf(id, {})),
  );
  const rows = await one.rows.whenAllEnded(ids.length, 120_000);
  expect(rows.filter(({ phase }) => phase !== 'SUCCEEDED')).toEqual([]);
  let living = 0;
  const seen = readFileSync(counts, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      living += line === '+' ? 1 : -1;
      return living;
    });
  expect(seen).toHaveLength(2 * ids.length);
  expect(Math.max(...seen)).toBe(most);
});
