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
  test('lists every command and exit code in its help', () => {
    const { status, stdout } = davit('--help');
    expect(status).toBe(0);
    for (const name of [
      'submit',
      'list',
      'show',
      'logs',
      'cancel',
      'dead',
      'redrive',
      'versions',
      'pin',
      'pause',
      'resume',
      'placements',
      'limits',
      '130',
    ]) {
      expect(stdout).toContain(`  ${name} `);
    }
  });

  test('prints its version', () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(davit('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(davit('--help').stdout).toContain('--version');
    expect(davit('--versions').status).toBe(2);
  });

  test('names all commands when the command is unknown, and exits with 2', () => {
    expect(davit('launch', 't')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'There is no command "launch". The commands are: submit, list, show, logs, cancel, dead, redrive, versions, pin, pause, resume, placements, limits.\n',
    });
  });

  test('says how to name a stage when none is named', () => {
    const { status, stderr } = davit('list');
    expect(status).toBe(2);
    expect(stderr).toContain('give --stage or DAVIT_STAGE');
  });
});

const systemNode = '/usr/bin/node';

/** The system's own Node, where it is too old for the sources, so that the launcher must start another Node. */
const olderNode = (context: TestContext): string => {
  const { stdout } = spawnSync(systemNode, ['--version'], { encoding: 'utf8' });
  if (!/^v2[0-3]\./.test(stdout ?? '')) {
    context.skip(
      `${systemNode} is ${stdout?.trim() || 'missing'}; this test needs a Node from 20 to 23`,
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
  test('the launcher passes on arguments, output and exit code', async (context) => {
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

  test('a closed output is still 141', async (context) => {
    const davit = await startDavit(['list'], { answers, node: olderNode(context) });
    davit.child.stdout.destroy();
    expect(await davit.ended).toMatchObject({ code: 141, stderr: '' });
  });

  test('Ctrl-C does what the command says', async (context) => {
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

test('FORCE_COLOR colours the output, and without it a pipe has no colours', async () => {
  const [forced, plain] = await Promise.all([
    startDavit(['list'], { answers, env: { FORCE_COLOR: '1' } }),
    startDavit(['list'], { answers }),
  ]);
  expect((await forced.ended).stdout).toContain('\u001b[2mNo message waits');
  expect((await plain.ended).stdout).not.toContain('\u001b');
});
