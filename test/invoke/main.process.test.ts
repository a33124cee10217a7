import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProgram } from '../kit/program.ts';
import { root } from '../kit/root.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'davit-invoke-'));
  writeFileSync(join(folder, 'broken.json'), '{"a":');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const invoke = async (...words: readonly string[]) => {
  const env = { INIT_CWD: folder, DAVIT_DIR: folder };
  const { code, stdout, stderr } = await startProgram([join(root, 'invoke/main.ts'), ...words], env)
    .ended;
  expect(stdout).toBe('');
  return { code, errors: stderr.trim() };
};

const sample = join(root, 'events/one-task.json');

test('a function that does not exist is refused with the list of those that do', async () => {
  expect(await invoke('dispatcher', sample)).toEqual({
    code: 64,
    errors:
      'There is no function "dispatcher". The functions are dispatch, settle, sweep, release, control, relay, topology.',
  });
});

test('a call without an event is refused with an example', async () => {
  const { code, errors } = await invoke('dispatch');
  expect(code).toBe(64);
  expect(errors).toBe(
    'Expected two words, a function and an event file, but 1 came. Example: npm run invoke -- dispatch events/one-task.json',
  );
});

test('an event file that does not exist is named, with a sample', async () => {
  const { code, errors } = await invoke('settle', 'none.json');
  expect(code).toBe(66);
  expect(errors).toContain(`The event file ${join(folder, 'none.json')} cannot be read (ENOENT`);
  expect(errors).toContain('A sample is events/task-stopped.json.');
});

test('an event file that does not hold JSON is named', async () => {
  const { code, errors } = await invoke('dispatch', 'broken.json');
  expect(code).toBe(65);
  expect(errors).toContain(`${join(folder, 'broken.json')} must hold JSON, but cannot be parsed: `);
});

test('without a running stack it says how to start one', async () => {
  expect(await invoke('dispatch', sample)).toEqual({
    code: 69,
    errors: `There is no running local stack: ${folder}/local.json does not exist. Start one with \`npm start\` in another terminal.`,
  });
});

test('a stack that has ended without a word is reported as not answering', async () => {
  const stack = {
    aws: 'http://127.0.0.1:9',
    region: 'eu-central-1',
    stage: 'local',
    table: 'davit-local-tasks',
    accessKeyId: 'a',
    secretAccessKey: 'b',
  };
  writeFileSync(join(folder, 'local.json'), JSON.stringify(stack), { mode: 0o600 });
  const { code, errors } = await invoke('dispatch', sample);
  rmSync(join(folder, 'local.json'));
  expect(code).toBe(69);
  expect(errors).toContain('The local stack at http://127.0.0.1:9 does not answer (');
  expect(errors).toContain('Start it again with `npm start`.');
});
