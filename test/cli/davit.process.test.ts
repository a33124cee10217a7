import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, type TestContext, test } from 'vitest';
import { control } from './fake-aws.ts';
import { live, spec } from './pins.ts';
import { launcher, startDavit } from './program.ts';

const davit = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', DAVIT_DIR: '/nowhere' },
  });
  return { status, stdout, stderr };
};

describe('the program', () => {
  test('tells of every command and exit code', () => {
    const { status, stdout } = davit('--help');
    expect(status).toBe(0);
    for (const name of ['submit', 'list', 'show', 'logs', 'versions', 'pin', '130']) {
      expect(stdout).toContain(`  ${name} `);
    }
  });

  test('says which version it is', () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(davit('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(davit('--help').stdout).toContain('--version');
    expect(davit('--versions').status).toBe(2);
  });

  test('answers an unknown command with those that there are, and with its exit code', () => {
    expect(davit('cancel', 't')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'There is no command "cancel". There are: submit, list, show, logs, versions, pin.\n',
    });
  });

  test('says how to name a stage when there is none', () => {
    const { status, stderr } = davit('list');
    expect(status).toBe(2);
    expect(stderr).toContain('give --stage or DAVIT_STAGE');
  });
});

const systemNode = '/usr/bin/node';

/** The system's own Node where it is too old for the sources, so that the launcher must hand over. */
const olderNode = (context: TestContext): string => {
  const { stdout } = spawnSync(systemNode, ['--version'], { encoding: 'utf8' });
  if (!/^v2[0-3]\./.test(stdout ?? '')) {
    context.skip(
      `${systemNode} is ${stdout?.trim() || 'not there'}, and a Node from 20 to 23 is needed`,
    );
  }
  return systemNode;
};

const answers = {
  ...control(() => ({ kind: 'backlog', ready: 0 })),
  Query: () => ({ Items: [] }),
  GetParametersByPath: () => ({ Parameters: [spec, live()] }),
  PutParameter: () => ({ Version: 2 }),
};

describe('under an older Node', () => {
  test('the launcher hands over arguments, output and exit code', async (context) => {
    const node = olderNode(context);
    const [list, wrong] = await Promise.all([
      startDavit(['list'], { answers, node }),
      startDavit(['list', '--tool', '--json'], { answers, node }),
    ]);
    expect(await list.ended).toEqual({
      code: 0,
      stdout: 'No task was found.\n\nNo message waits in davit.tasks.\n',
      stderr: '',
    });
    expect(await wrong.ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^--tool needs a value/),
    });
  });

  test('a reader that has gone is still 141', async (context) => {
    const davit = await startDavit(['list'], { answers, node: olderNode(context) });
    davit.child.stdout.destroy();
    expect(await davit.ended).toMatchObject({ code: 141, stderr: '' });
  });

  test('Ctrl-C means what the command says it means', async (context) => {
    const node = olderNode(context);
    const davit = await startDavit(['pin', 'transcoder', '1.1.0'], { answers, node });
    await davit.hasPrinted('is pinned');
    davit.interrupt();
    expect(await davit.ended).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(/Stopped waiting\. The pin stays/),
    });
  });
});

test('FORCE_COLOR reaches what is printed, and nothing is coloured in a pipe without it', async () => {
  const [forced, plain] = await Promise.all([
    startDavit(['list'], { answers, env: { FORCE_COLOR: '1' } }),
    startDavit(['list'], { answers }),
  ]);
  expect((await forced.ended).stdout).toContain('\u001b[2mNo message waits');
  expect((await plain.ended).stdout).not.toContain('\u001b');
});
