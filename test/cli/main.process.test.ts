import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Task } from '../../shared/core/task.ts';
import { control, itemOf } from './fake-aws.ts';
import { live, spec } from './pins.ts';
import { startDavit } from './program.ts';
import { ended, running } from './tasks.ts';

const digest = createHash('sha256').update('{"tool":"transcoder"}').digest('hex');

const answers = {
  ...control((asked) =>
    asked.ask === 'submit'
      ? { kind: 'submitted', taskId: asked.taskId }
      : { kind: 'backlog', ready: 0 },
  ),
  Query: () => ({ Items: [] }),
  GetParametersByPath: () => ({ Parameters: [spec, live()] }),
  PutParameter: () => ({ Version: 2 }),
  GetLogEvents: () => ({
    events: [{ timestamp: 1, message: 'a line of the log' }],
    nextForwardToken: 'end',
  }),
};

const following = ['submit', 'transcoder', '--id', 't', '--follow'];

/** The row of `t`: RUNNING until it is over, then FAILED. */
const rowUntil = (isOver: () => boolean) => ({
  GetItem: () => {
    const task: Task = isOver() ? ended({ phase: 'FAILED' }) : running();
    return itemOf({ ...task, taskId: 't', digest });
  },
});

describe('stdout', () => {
  test('that its reader has closed ends `submit --follow` with 141, however the task ends', async () => {
    let isOver = false;
    const davit = await startDavit(following, {
      answers: { ...answers, ...rowUntil(() => isOver) },
    });
    await davit.hasPrinted('RUNNING');
    davit.child.stdout.destroy();
    isOver = true;
    expect(await davit.ended).toMatchObject({ code: 141, stderr: expect.not.stringMatching(/E/) });
  });

  test('that its reader has closed ends `list` with 141 too', async () => {
    const davit = await startDavit(['list'], { answers });
    davit.child.stdout.destroy();
    expect(await davit.ended).toMatchObject({ code: 141, stderr: '' });
  });

  test('that cannot be written ends with a sentence and 1', async (context) => {
    if (!existsSync('/dev/full')) context.skip('this machine has no /dev/full');
    const davit = await startDavit(['list'], { answers, into: '/dev/full' });
    expect(await davit.ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The output could not be written: ENOSPC[^\n]*\n$/),
    });
  });
});

describe('stderr', () => {
  test('that its reader has closed loses the remarks and nothing else', async () => {
    const davit = await startDavit(following.slice(0, -1), {
      answers: { ...answers, ...rowUntil(() => true) },
    });
    davit.child.stderr.destroy();
    expect(await davit.ended).toMatchObject({ code: 0, stdout: 't\n' });
  });

  test('gets no escape sequence from an argument, and one line for each sentence', async () => {
    const davit = await startDavit(['a\u001b[2J\nb'], { answers });
    expect(await davit.ended).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^There is no command "a\\u\{1b\}\[2J b"\. [^\n]*\n$/),
    });
  });
});

describe('Ctrl-C', () => {
  test('ends the wait for stdin', async () => {
    const davit = await startDavit(['submit', 'transcoder', '--input', '-'], { answers });
    // This is more than a pipe holds. So when it is written, the program is reading it.
    await new Promise((resolve) => davit.child.stdin.write(' '.repeat(4 << 20), resolve));
    davit.interrupt();
    expect(await davit.ended).toEqual({ code: 130, stdout: '', stderr: 'Stopped.\n' });
  });

  test('ends the wait for a pin, which stays', async () => {
    const davit = await startDavit(['pin', 'transcoder', '1.1.0'], { answers });
    await davit.hasPrinted('is pinned');
    davit.interrupt();
    expect(await davit.ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringMatching(/\nStopped waiting\. The pin stays: [^\n]*\n$/),
    });
  });

  test('ends `logs --follow`', async () => {
    const davit = await startDavit(['logs', 't', '-f'], {
      answers: { ...answers, ...rowUntil(() => false) },
    });
    await davit.hasPrinted('a line of the log');
    davit.interrupt();
    expect(await davit.ended).toMatchObject({ code: 130, stderr: 'Stopped following.\n' });
  });
});
