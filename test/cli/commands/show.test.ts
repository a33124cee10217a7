import { describe, expect, test } from 'vitest';
import { logs } from '../../../cli/commands/logs.ts';
import { show } from '../../../cli/commands/show.ts';
import type { RunRecord } from '../../../shared/core/run-record.ts';
import { itemOf } from '../fake-aws.ts';
import { first, logOf, second } from '../log-streams.ts';
import { runCommand } from '../run.ts';
import { at, ended, queued, running, runRecord } from '../tasks.ts';

describe('show', () => {
  test('prints the row as it is stored, its message as text', async () => {
    const result = await runCommand(show, ['film-42', '--json'], {
      GetItem: () => itemOf(running()),
    });
    expect(JSON.parse(result.out.join('\n'))).toMatchObject({
      taskId: 'film-42',
      phase: 'RUNNING',
      startedAt: '2026-11-24T04:12:04.000Z',
      payload: '{"tool":"transcoder","input":{"size":12345678901234567890}}',
    });
  });

  test('prints a message that is not text as base64', async () => {
    const payload = new Uint8Array([0xff, 0xfe]);
    const result = await runCommand(show, ['x', '--json'], {
      GetItem: () => itemOf(ended({ payload })),
    });
    expect(JSON.parse(result.out.join('\n'))).toMatchObject({ payloadBase64: '//4=' });
  });

  test.each(['#live/echo', 'a b', 'x'.repeat(3_000)])(
    'does not read a row for a text that cannot be an id (%#)',
    async (id) => {
      const result = await runCommand(show, [id], {});
      expect(result.code).toBe(3);
      expect(result.remarks[0]).toMatch(/^There is no task ".*: an id is 1 to 100 letters, digits/);
      expect(await runCommand(logs, [id], {})).toEqual(result);
    },
  );

  test('has an exit code of its own for a task without a row', async () => {
    const result = await runCommand(show, ['film-0'], { GetItem: () => ({}) });
    expect(result.code).toBe(3);
    expect(result.remarks[0]).toContain('There is no task "film-0" in the test.');
  });
});

const third = runRecord({
  run: 3,
  verdict: 'tool',
  why: 'exit 75',
  exitCode: 75,
  ecsTaskArn: 'arn:task/c/third',
});
const failed = ended({
  phase: 'FAILED',
  run: 3,
  outcome: 'exit 75',
  reason: 'exit 75 in attempt 3 of 3',
  runs: [first, third],
});
const noCapacity: RunRecord = {
  run: 2,
  placement: 'cpu',
  version: '1.0.0',
  verdict: 'capacity',
  why: 'none',
  endedAt: at(30),
};
const waiting = queued({ run: 2, runs: [first], notBefore: at(60) });
const { startedAt: _startedAt, ...neverSeenRunning } = third;
const neverBegan: RunRecord = {
  ...neverSeenRunning,
  verdict: 'release',
  why: 'CannotStartContainerError: exec format error',
  exitCode: 128,
};

describe('show, for a failed run', () => {
  const lines = logOf({ first: ['of the first'], third: ['reading', 'no such codec', '  ', ''] });
  const showing = async (
    task: Parameters<typeof itemOf>[0],
    aws: Parameters<typeof runCommand>[2],
  ) => {
    const answers = { ...aws, GetItem: () => itemOf(task) };
    const [people, script] = await Promise.all([
      runCommand(show, ['film-42'], answers),
      runCommand(show, ['film-42', '--json'], answers),
    ]);
    const { lastLine } = JSON.parse(script.out.join('\n'));
    const shown = people.out.find((line) => line.startsWith('  last line'));
    return { codes: [people.code, script.code], shown, lastLine, remarks: script.remarks };
  };

  test.each([
    ['FAILED', failed, 'run 3: no such codec', 'no such codec'],
    ['waits for its next attempt', waiting, 'run 1: of the first', 'of the first'],
    [
      'FAILED while its next run waited for capacity',
      { ...failed, runs: [first, noCapacity] },
      'run 1: of the first',
      'of the first',
    ],
    [
      'FAILED so fast that ECS never saw it run',
      { ...failed, runs: [first, neverSeenRunning] },
      'run 3: no such codec',
      'no such codec',
    ],
    [
      'FAILED after a run that had an exit code but no program',
      { ...failed, runs: [first, neverBegan] },
      'run 1: of the first',
      'of the first',
    ],
  ])('of a task that %s, prints the last line of the run', async (_what, task, shown, lastLine) => {
    const found = await showing(task, lines);
    expect(found).toEqual({
      codes: [0, 0],
      shown: `  last line   ${shown}`,
      lastLine,
      remarks: [],
    });
  });

  test('reads the end of one log, once', async () => {
    const asked: unknown[] = [];
    await runCommand(show, ['film-42'], {
      GetItem: () => itemOf(failed),
      GetLogEvents: (input) => {
        asked.push(input);
        return { events: [] };
      },
    });
    expect(asked).toEqual([
      {
        logGroupName: '/davit/test/tools',
        logStreamName: 'tool/tool/third',
        startFromHead: false,
        limit: 50,
      },
    ]);
  });

  test('prefers other lines to DAVIT_ lines, and the row to the log', async () => {
    const glue = ['no such codec', 'DAVIT_PROGRESS {"percent":50}'];
    expect((await showing(failed, logOf({ third: glue }))).lastLine).toBe('no such codec');
    const only = await showing(failed, logOf({ third: ['DAVIT_RESULT {}'] }));
    expect(only.lastLine).toBe('DAVIT_RESULT {}');
    const kept = await showing({ ...failed, logTail: 'one\ntwo\n' }, {});
    expect(kept).toMatchObject({ shown: '  last line   run 3: two', lastLine: 'two', remarks: [] });
  });

  test('does not let a line control the terminal or fill it', async () => {
    const line = `\u001b[2J\u001b]0;x\u0007bad${'ä'.repeat(5_000)}`;
    const { shown, lastLine } = await showing(failed, logOf({ third: [line] }));
    expect(shown).not.toMatch(/\p{Cc}/u);
    expect(lastLine).not.toMatch(/\p{Cc}/u);
    expect(shown).toMatch(/run 3: \\u\{1b\}\[2J\\u\{1b\}\]0;x\\u\{7\}badä{250,280}…$/);
  });

  test.each([
    [
      'is missing',
      logOf({}),
      /^run 3 printed nothing, or its log has not arrived yet or has expired/,
    ],
    ['is empty', logOf({ third: [] }), /^run 3 printed nothing, or its log has not arrived yet/],
    ['must not be read', {}, /^the log of run 3 could not be read: .*GetLogEvents is not faked/],
  ])('says that the log %s, and does not fail', async (_what, aws, why) => {
    const found = await showing(failed, aws);
    expect(found).toMatchObject({ codes: [0, 0], lastLine: null });
    expect(found.shown?.replace('  last line   ', '')).toMatch(why);
    expect(found.remarks).toEqual([expect.stringMatching(why)]);
  });

  test.each([
    ['succeeded', ended()],
    ['was cancelled', ended({ phase: 'CANCELLED', runs: [runRecord({ verdict: 'cancelled' })] })],
    ['runs', running(second)],
    ['has not run', queued()],
  ])('prints none for a task that %s', async (_what, task) => {
    expect(await showing(task, {})).toEqual({
      codes: [0, 0],
      shown: undefined,
      lastLine: null,
      remarks: [],
    });
  });
});
