import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { greeting } from '../../local/addresses.ts';
import { newFolder, openTestStack, type TestStack } from '../kit/local-stack.ts';
import { type Ending, type Running, startProgram } from '../kit/program.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

let test: TestStack;
let forGood = '';

beforeAll(async () => {
  test = await openTestStack();
});

afterAll(() => test.close());

const starting = (words: readonly string[], folder = test.dir): Running =>
  startProgram([join(root, 'cli/davit.mjs'), ...words], { DAVIT_DIR: folder, DAVIT_STAGE: '' });

/** Runs `npx davit` as a script does. */
const davit = (...words: readonly string[]): Promise<Ending> => starting(words).ended;

const jsonOf = (ending: Ending) => JSON.parse(ending.stdout);

const jsonLinesOf = ({ stdout }: Ending) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const echo = (id: string, input: object, ...more: readonly string[]): Promise<Ending> =>
  davit('submit', 'echo', '--id', id, '--input', JSON.stringify(input), ...more);

const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

it('runs the commands that npm start prints for its users', async () => {
  const lines = greeting(test.stack.addresses, test.dir).split('\n');
  const commands = lines.flatMap((line) => /^ +npx davit (.+)$/.exec(line)?.[1] ?? []);
  expect(commands.length).toBeGreaterThan(1);
  for (const command of commands) {
    const ending = await davit(...wordsOf(command));
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    expect(ending.stdout).toContain('SUCCEEDED');
  }
});

it('runs the commands of README', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const commands = [...readme.matchAll(/^npx davit (.+)$/gm)].map(([, command = '']) => command);
  expect(commands.length).toBeGreaterThan(3);
  for (const command of commands) {
    expect(await davit(...wordsOf(command))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/SUCCEEDED|live/),
    });
  }
});

it('follows a task to its success, shows its output, and ends with 0', async () => {
  const ending = await echo('fine', { say: 'hello' }, '--follow', '--logs');
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  expect(ending.stdout).toMatch(/^fine\n/);
  expect(ending.stdout).toContain('DAVIT_RESULT {"say":"hello"}');
  expect(ending.stdout.trimEnd().split('\n').at(-1)).toContain('SUCCEEDED');
});

it('ends with 4 when the task FAILED, with 6 when it is REJECTED, and prints the reason for scripts', async () => {
  // A second try must not find the task of the first one.
  forGood = `for-good-${randomUUID()}`;
  const [failed, rejected, unknown, unsent] = await Promise.all([
    echo(forGood, { exitCode: 65 }, '--follow', '--json'),
    echo('too-large', {}, '--memory', '1048576', '--follow', '--json'),
    davit('submit', 'ecco', '--id', 'no-tool', '--follow', '--json'),
    davit('submit', 'echo', '--id', 'a b'),
  ]);
  expect(failed.code).toBe(4);
  const lines = jsonLinesOf(failed);
  expect(lines[0]).toEqual({ kind: 'submitted', taskId: forGood });
  const lastLine = expect.stringMatching(/\S/);
  const end = { kind: 'ended', phase: 'FAILED', run: 1, exitCode: 65, lastLine };
  expect(lines.at(-1)).toMatchObject(end);
  expect(jsonOf(await davit('show', forGood, '--json'))).toMatchObject({ lastLine });
  expect((await davit('show', forGood)).stdout).toMatch(/^ {2}last line {3}run 1: \S/m);
  expect(rejected.code).toBe(6);
  expect(jsonLinesOf(rejected).at(-1)).toMatchObject({
    kind: 'ended',
    phase: 'REJECTED',
    reason: expect.stringContaining('1048576'),
  });
  expect(unknown).toMatchObject({ code: 6, stdout: '' });
  expect(unknown.stderr).toMatch(
    /^Nothing was submitted\. There is no tool "ecco" in the local stack at [^;\n]*; the nearest is "echo"\./,
  );
  expect(unsent).toMatchObject({ code: 6, stdout: '' });
  expect(unsent.stderr).toMatch(/^Nothing was submitted\. message_id must be [^\n]*\n$/);
});

it('submits the same message twice as one task, and another one under its id not at all', async () => {
  expect(await echo('fine', { say: 'hello' }, '--follow')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^Task fine already exists/),
  });
  expect(await echo('fine', { say: 'goodbye' })).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(
      /^Nothing was submitted: "fine" is already the id of another task/,
    ),
  });
  expect(await test.rows.row('fine')).toMatchObject({ run: 1, attempts: 1 });
});

it('stops following at Ctrl-C with 130, and the task goes on', async () => {
  const words = ['submit', 'echo', '--id', 'long', '--input', '{"sleepMs":6000}', '--follow'];
  const following = starting(words);
  await test.rows.when('long', ({ phase }) => phase === 'RUNNING');
  following.child.kill('SIGINT');
  expect(await following.ended).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(/^Stopped following\. Task long goes on/),
  });
  await test.rows.when('long', ({ phase }) => phase === 'SUCCEEDED');
});

it('shows why a queued task waits, and until when', async () => {
  expect(await echo('waits', {}, '--version', '7.7.7')).toMatchObject({ code: 0 });
  const why = 'echo 7.7.7 is not registered: pin it once';
  await test.rows.when('waits', ({ waitingFor }) => String(waitingFor).startsWith(why));
  const [shown, json] = await Promise.all([
    davit('show', 'waits'),
    davit('show', 'waits', '--json'),
  ]);
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toMatch(/^waits +QUEUED/);
  expect(shown.stdout).toContain(why);
  expect(jsonOf(json)).toMatchObject({
    taskId: 'waits',
    phase: 'QUEUED',
    waitingFor: expect.stringContaining(why),
    dueAt: expect.stringMatching(/^\d{4}-.*Z$/),
    payload: '{"tool":"echo","version":"7.7.7","input":{}}',
  });
});

it('lists tasks by phase and by tool, and says how many messages wait', async () => {
  const lists = (...words: readonly string[]) =>
    until(words.join(' '), async () => {
      const { tasks, backlog } = jsonOf(await davit('list', '--json', ...words));
      expect(backlog).toBe(0);
      const ids: readonly string[] = tasks.map(({ taskId }: { taskId: string }) => taskId);
      return ids;
    });
  const [queued, ofEcho] = await Promise.all([
    lists('--phase', 'queued'),
    lists('--tool', 'echo', '--limit', '2'),
  ]);
  expect(queued).toEqual(['waits']);
  // The newest first.
  expect(ofEcho).toEqual(['waits', 'long']);
  const { stdout, code } = await davit('list');
  expect(code).toBe(0);
  for (const id of ['fine', forGood, 'too-large', 'waits']) expect(stdout).toContain(id);
  expect(stdout).toMatch(/davit\.tasks/);
});

it('prints the output of the containers of each run', async () => {
  await test.rows.when('fine', ({ phase }) => phase === 'SUCCEEDED');
  const [plain, json, unknown] = await Promise.all([
    davit('logs', 'fine'),
    davit('logs', 'fine', '--run', '1', '--json'),
    davit('logs', 'no-task'),
  ]);
  const lines = ['echo 1.0.0: task fine, run 1', 'DAVIT_RESULT {"say":"hello"}'];
  expect(plain).toMatchObject({ code: 0, stdout: `${lines.join('\n')}\n` });
  expect(jsonLinesOf(json).map(({ taskId, run, message }) => [taskId, run, message])).toEqual(
    lines.map((line) => ['fine', 1, line]),
  );
  expect(unknown).toMatchObject({ code: 3, stdout: '' });
});

it('pins a version that becomes live, and says why another one does not', async () => {
  expect(await davit('pin', 'echo', '1.1.0')).toMatchObject({
    code: 0,
    stdout: 'echo 1.1.0 is live.\n',
  });
  const bad = await davit('pin', 'echo', '9.9.9');
  expect(bad).toMatchObject({ code: 7, stdout: '' });
  expect(bad.stderr).toMatch(/echo 9\.9\.9 did not become live: there is no image echo:9\.9\.9/);
  expect(await davit('pin', 'ecco', '1.0.0')).toMatchObject({ code: 3 });
  const [versions, people] = await Promise.all([davit('versions', '--json'), davit('versions')]);
  const of = jsonOf(versions).tools.find(({ tool }: { tool: string }) => tool === 'echo');
  expect(of).toMatchObject({
    live: '1.1.0',
    pinned: '9.9.9',
    refusal: { version: '9.9.9', why: expect.stringMatching(/^there is no image/) },
  });
  expect(people.stdout).toMatch(/^echo +live 1\.1\.0, pinned 9\.9\.9$/m);
  const after = await until('a task of 1.1.0', async () => {
    const ending = await davit('submit', 'echo', '--follow', '--json');
    return jsonLinesOf(ending).find(({ version }) => version === '1.1.0');
  });
  expect(after).toMatchObject({ kind: 'ended', phase: 'SUCCEEDED' });
  const again = await davit('pin', 'echo', '9.9.9', '--json');
  expect(again.code).toBe(7);
  expect(jsonOf(again)).toMatchObject({ tool: 'echo', version: '9.9.9', state: 'refused' });
});

it('says in one sentence that no stack is running, and where it looked', async () => {
  const empty = newFolder();
  // Without the file of its own folder, it must not find another stack.
  expect(await starting(['list'], empty).ended).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^No stage is named and no local stack is running[^\n]*\n$/),
  });
  // A stack that was killed leaves its file behind.
  const killed = { ...test.stack.addresses, aws: 'http://127.0.0.1:9' };
  writeFileSync(join(empty, 'local.json'), JSON.stringify(killed));
  const { code, stdout, stderr } = await starting(['show', 'fine'], empty).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^The local stack at http:\/\/127\.0\.0\.1:9 does not answer\. Start it with `npm start`[^\n]*\n$/,
  );
});
