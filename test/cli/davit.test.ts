import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../cli/davit.mjs', import.meta.url));

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
