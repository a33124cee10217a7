import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStack, type TestStack } from '../kit/local-stack.ts';
import { type Running, startProgram } from '../kit/program.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

const count = 1_000;

let test: TestStack;
let file: string;

beforeAll(async () => {
  test = await openTestStack();
  file = join(test.dir, 'tasks.jsonl');
  const lines = Array.from({ length: count }, (_, n) => `{"input":{"n":${n}}}\n`);
  writeFileSync(file, lines.join(''));
});

afterAll(() => test.close());

const davit = (...words: readonly string[]): Running =>
  startProgram([join(root, 'cli/davit.mjs'), ...words], { DAVIT_DIR: test.dir, DAVIT_STAGE: '' });

// No task is launched while the test lasts: a thousand processes are not what it is about.
const later = new Date(Date.now() + 3_600_000).toISOString();
const options = ['--not-before', later, '--group', 'night', '--timeout', '20s'];
const submit = (...more: readonly string[]): Running =>
  davit('submit', 'echo', '--from', file, ...options, ...more);

it('submits a thousand lines, goes on after Ctrl-C, and submits nothing twice', async () => {
  const first = submit('--json');
  await first.printed('"how":"sent"');
  first.child.kill('SIGINT');
  const stopped = await first.ended;
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toMatch(/^Stopped\. .* Run the same command again to go on/s);

  const second = await submit().ended;
  expect(second).toMatchObject({ code: 0, stderr: '' });

  const rows = await until(
    'a row for each line',
    async () => {
      const found = await test.rows.all();
      return found.length >= count ? found : undefined;
    },
    120_000,
  );
  expect(rows).toHaveLength(count);
  const asked = { phase: 'QUEUED', groupName: 'night', askedTimeoutMs: 20_000 };
  for (const row of rows) expect(row).toMatchObject(asked);

  expect(await submit().ended).toMatchObject({
    code: 0,
    stdout: '0 submitted, 1,000 there already.\n',
  });
});
