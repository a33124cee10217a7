import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { list } from '../../../cli/commands/list.ts';
import { logs } from '../../../cli/commands/logs.ts';
import { show } from '../../../cli/commands/show.ts';
import type { RunRecord } from '../../../shared/core/run-record.ts';
import { awsError, control, itemOf } from '../fake-aws.ts';
import { spec } from '../pins.ts';
import { ran } from '../run.ts';
import { at, ended, queued, running, runRecord, start } from '../tasks.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

const rowOf = (taskId: string, phase: string, updatedAt: number) => ({
  taskId,
  phase,
  tool: 'transcoder',
  run: 1,
  attempts: 0,
  tenant: 'default',
  createdAt: iso(start),
  updatedAt: iso(updatedAt),
});

/** An index over rows: by the value of the partition key, a page of one item each. */
const index = (rows: readonly ReturnType<typeof rowOf>[]) => ({
  Query: (input: {
    readonly IndexName?: string;
    readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S: string }>>;
    readonly ExclusiveStartKey?: { readonly page: { readonly N: string } };
  }) => {
    const [phase, tool] = [':phase', ':tool'].map(
      (name) => input.ExpressionAttributeValues?.[name]?.S,
    );
    const found = rows
      .filter((row) => (phase ? row.phase === phase : true) && (tool ? row.tool === tool : true))
      .toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt));
    const page = Number(input.ExclusiveStartKey?.page.N ?? 0);
    const more = page + 1 < found.length;
    return {
      Items: found.slice(page, page + 1).map((row) => marshall(row)),
      ...(more ? { LastEvaluatedKey: marshall({ page: page + 1 }) } : {}),
    };
  },
});

const rows = [
  rowOf('old', 'SUCCEEDED', at(1)),
  rowOf('newest', 'QUEUED', at(9)),
  rowOf('newer', 'SUCCEEDED', at(5)),
  rowOf('#version/transcoder/1.0.0', 'SUCCEEDED', at(10)),
];
const backlog = control(() => ({ kind: 'backlog', ready: 3 }));
const firstCells = (lines: readonly string[]) => lines.map((line) => line.split(' ')[0]);

describe('list', () => {
  test('shows tasks of all phases, the latest change first, and the backlog', async () => {
    const result = await ran(list, [], { ...index(rows), ...backlog });
    expect(result.code).toBe(0);
    expect(firstCells(result.out.slice(0, -2))).toEqual(['TASK', 'newest', 'newer', 'old']);
    expect(result.out.at(-1)).toBe('3 messages wait in davit.tasks.');
  });

  test('shows one phase, named in any case, and no more than the limit', async () => {
    const args = ['--phase', 'succeeded', '--tool', 'transcoder', '--limit', '1', '--json'];
    const result = await ran(list, args, { ...index(rows.slice(0, 3)), ...backlog });
    const document = JSON.parse(result.out.join('\n'));
    expect(document.backlog).toBe(3);
    expect(document.tasks).toMatchObject([{ ...rows[2], exitCode: null }]);
  });

  test('says when there are more than it shows, and not when these are all', async () => {
    const cut = await ran(list, ['--limit', '2'], { ...index(rows), ...backlog });
    expect(firstCells(cut.out.slice(0, -2))).toEqual(['TASK', 'newest', 'newer']);
    expect(cut.remarks).toEqual(['There are more tasks than these 2: see --limit.']);
    const whole = await ran(list, ['--limit', '3', '--json'], { ...index(rows), ...backlog });
    expect(whole.remarks).toEqual([]);
  });

  test('an unknown phase is refused with those that there are', async () => {
    const result = await ran(list, ['--phase', 'DONE'], {});
    expect(result.code).toBe(2);
    expect(result.remarks[0]).toContain('QUEUED, LAUNCHING');
  });

  test.each([[[]], [['--phase', 'FAILED']]])(
    'a tool that is not there is said, and not that it has no tasks (%j)',
    async (more) => {
      const GetParametersByPath = ({ Path = '' }) => ({
        Parameters: Path === '/davit/test/tools' ? [spec] : [],
      });
      const args = ['--tool', 'transcodr', ...more];
      const result = await ran(list, args, { ...index([]), ...backlog, GetParametersByPath });
      expect(result).toEqual({
        code: 3,
        out: [],
        remarks: [
          'There is no tool "transcodr" in the test; the nearest is "transcoder". `davit versions` lists them all.',
        ],
      });
    },
  );

  test('a tool without tasks, or one that SSM says nothing of, has an empty list', async () => {
    const there = { GetParametersByPath: () => ({ Parameters: [spec] }) };
    const args = ['--tool', 'transcoder'];
    const empty = await ran(list, args, { ...index([]), ...backlog, ...there });
    expect(empty).toMatchObject({ code: 0, remarks: [] });
    expect(empty.out[0]).toBe('No task was found.');
    const silent = await ran(list, args, { ...index([]), ...backlog });
    expect(silent).toMatchObject({ code: 0, out: empty.out });
    expect(silent.remarks[0]).toMatch(/^Whether there is a tool "transcoder" is not known: /);
  });

  test('a control that does not answer costs the backlog, not the list', async () => {
    const result = await ran(list, [], { ...index(rows) });
    expect(result.code).toBe(0);
    expect(result.out.at(-1)).toContain('How many messages wait in davit.tasks is not known');
  });

  test('no deployment there is said in those words', async () => {
    const missing = {
      Query: () => {
        throw awsError('ResourceNotFoundException', 'Requested resource not found');
      },
    };
    const result = await ran(list, [], { ...missing, ...backlog });
    expect(result.code).toBe(1);
    expect(result.remarks[0]).toContain('Davit is not deployed in the test');
  });
});

describe('show', () => {
  test('prints the row as it is stored, its message as text', async () => {
    const result = await ran(show, ['film-42', '--json'], { GetItem: () => itemOf(running()) });
    expect(JSON.parse(result.out.join('\n'))).toMatchObject({
      taskId: 'film-42',
      phase: 'RUNNING',
      startedAt: '2026-11-24T04:12:04.000Z',
      payload: '{"tool":"transcoder","input":{"size":12345678901234567890}}',
    });
  });

  test('a message that is no text is printed as base64', async () => {
    const payload = new Uint8Array([0xff, 0xfe]);
    const result = await ran(show, ['x', '--json'], { GetItem: () => itemOf(ended({ payload })) });
    expect(JSON.parse(result.out.join('\n'))).toMatchObject({ payloadBase64: '//4=' });
  });

  test.each(['#live/echo', 'a b', 'x'.repeat(3_000)])(
    'what can be no id of a task is not looked for (%#)',
    async (id) => {
      const result = await ran(show, [id], {});
      expect(result.code).toBe(3);
      expect(result.remarks[0]).toMatch(/^There is no task ".*: an id is 1 to 100 letters, digits/);
      expect(await ran(logs, [id], {})).toEqual(result);
    },
  );

  test('a task without a row has its own exit code', async () => {
    const result = await ran(show, ['nobody'], { GetItem: () => ({}) });
    expect(result.code).toBe(3);
    expect(result.remarks[0]).toContain('There is no task "nobody" in the test.');
  });
});

const logOf = (streams: Readonly<Record<string, readonly string[]>>) => ({
  GetLogEvents: ({ logStreamName = '', nextToken }: Readonly<Record<string, string>>) => {
    const lines = streams[logStreamName.split('/').at(-1) ?? ''];
    if (!lines) throw awsError('ResourceNotFoundException', 'The log stream does not exist.');
    const events = lines.map((message) => ({ timestamp: start, message }));
    return { events: nextToken ? [] : events, nextForwardToken: 'end' };
  },
});

const first = runRecord({ verdict: 'tool', why: 'exit 75', ecsTaskArn: 'arn:task/c/first' });
const second = { run: 2, ecsTaskArn: 'arn:task/c/second', runs: [first] };

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
const noPlace: RunRecord = {
  run: 2,
  placement: 'cpu',
  version: '1.0.0',
  verdict: 'capacity',
  why: 'none',
  endedAt: at(30),
};
const waiting = queued({ run: 2, runs: [first], notBefore: at(60) });

describe('show, of a run that failed', () => {
  const lines = logOf({ first: ['of the first'], third: ['reading', 'no such codec', '  ', ''] });
  const showing = async (task: Parameters<typeof itemOf>[0], aws: Parameters<typeof ran>[2]) => {
    const answers = { ...aws, GetItem: () => itemOf(task) };
    const [people, script] = await Promise.all([
      ran(show, ['film-42'], answers),
      ran(show, ['film-42', '--json'], answers),
    ]);
    const { lastLine } = JSON.parse(script.out.join('\n'));
    const shown = people.out.find((line) => line.startsWith('  last line'));
    return { codes: [people.code, script.code], shown, lastLine, remarks: script.remarks };
  };

  test.each([
    ['FAILED', failed, 'run 3: no such codec', 'no such codec'],
    ['waits for its next attempt', waiting, 'run 1: of the first', 'of the first'],
    [
      'FAILED while its next run waited for a place',
      { ...failed, runs: [first, noPlace] },
      'run 1: of the first',
      'of the first',
    ],
  ])('whose task %s, prints the last line that it wrote', async (_what, task, shown, lastLine) => {
    const found = await showing(task, lines);
    expect(found).toEqual({
      codes: [0, 0],
      shown: `  last line   ${shown}`,
      lastLine,
      remarks: [],
    });
  });

  test('asks for the end of one log, once', async () => {
    const asked: unknown[] = [];
    await ran(show, ['film-42'], {
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

  test('prefers words to lines that are for Davit, and the line of the row to the log', async () => {
    const glue = ['no such codec', 'DAVIT_PROGRESS {"percent":50}'];
    expect((await showing(failed, logOf({ third: glue }))).lastLine).toBe('no such codec');
    const only = await showing(failed, logOf({ third: ['DAVIT_RESULT {}'] }));
    expect(only.lastLine).toBe('DAVIT_RESULT {}');
    const kept = await showing({ ...failed, logTail: 'one\ntwo\n' }, {});
    expect(kept).toMatchObject({ shown: '  last line   run 3: two', lastLine: 'two', remarks: [] });
  });

  test('cannot command the terminal, nor fill it', async () => {
    const line = `\u001b[2J\u001b]0;x\u0007bad${'ä'.repeat(5_000)}`;
    const { shown, lastLine } = await showing(failed, logOf({ third: [line] }));
    expect(shown).not.toMatch(/\p{Cc}/u);
    expect(lastLine).not.toMatch(/\p{Cc}/u);
    expect(shown).toMatch(/run 3: \\u\{1b\}\[2J\\u\{1b\}\]0;x\\u\{7\}badä{250,280}…$/);
  });

  test.each([
    ['is not there', logOf({}), /^run 3 wrote nothing, or its log is not there yet or has expired/],
    ['is empty', logOf({ third: [] }), /^run 3 wrote nothing, or its log is not there yet/],
    ['may not be read', {}, /^the log of run 3 could not be read: .*GetLogEvents is not faked/],
  ])('is no failure when its log %s, and says so', async (_what, aws, why) => {
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
  ])('is not asked of a task that %s', async (_what, task) => {
    expect(await showing(task, {})).toEqual({
      codes: [0, 0],
      shown: undefined,
      lastLine: null,
      remarks: [],
    });
  });
});

describe('logs', () => {
  const two = logOf({ first: ['a', 'b'], second: ['c'] });

  test('prints what the latest run printed', async () => {
    const result = await ran(logs, ['t'], { ...two, GetItem: () => itemOf(running(second)) });
    expect(result).toEqual({ code: 0, out: ['c'], remarks: [] });
  });

  test('prints what an earlier run printed, as JSON lines', async () => {
    const args = ['film-42', '--run', '1', '--json'];
    const result = await ran(logs, args, { ...two, GetItem: () => itemOf(running(second)) });
    expect(result.out.map((line) => JSON.parse(line))).toEqual([
      { taskId: 'film-42', run: 1, at: '2026-11-24T04:12:00.000Z', message: 'a' },
      { taskId: 'film-42', run: 1, at: '2026-11-24T04:12:00.000Z', message: 'b' },
    ]);
  });

  test('follows a task over its runs to its end, also the lines that come late', async () => {
    const looks = [
      running({ ecsTaskArn: 'arn:task/c/first' }),
      running({ ecsTaskArn: 'arn:task/c/first' }),
      running(second),
      ended({ ...second, runs: [first, runRecord({ run: 2, ecsTaskArn: second.ecsTaskArn })] }),
    ];
    let look = -1;
    const GetItem = () => {
      look += 1;
      return itemOf(looks[Math.min(look, 3)] ?? running());
    };
    // The last line of the first run is there only when the second one runs.
    const linesOf = (stream: string): readonly string[] =>
      stream === 'second' ? ['c'] : ['a', 'b'].slice(0, look < 2 ? 1 : 2);
    const GetLogEvents = ({
      logStreamName = '',
      nextToken = '0',
    }: Readonly<Record<string, string>>) => {
      const lines = linesOf(logStreamName.split('/').at(-1) ?? '');
      const events = lines
        .slice(Number(nextToken))
        .map((message) => ({ timestamp: start, message }));
      return { events, nextForwardToken: String(lines.length) };
    };
    const result = await ran(logs, ['t', '-f'], { GetItem, GetLogEvents });
    expect(result).toEqual({ code: 0, out: ['a', 'b', 'c'], remarks: [] });
  });

  test.each([
    ['a queued task', queued(), 'has no container yet: run 1 waits'],
    ['a run that has printed nothing yet', running(), 'has printed nothing so far (RUNNING)'],
    ['a run that is over', ended(), 'printed nothing, or its log has expired'],
  ])('%s has no lines, and says why', async (_what, task, why) => {
    const result = await ran(logs, ['t'], { ...logOf({}), GetItem: () => itemOf(task) });
    expect(result).toMatchObject({ code: 0, out: [] });
    expect(result.remarks[0]).toContain(why);
  });

  test('the reason of a task that was REJECTED is said in its own words, with one full stop', async () => {
    const { runs: _runs, ecsTaskArn: _arn, ...row } = ended({ phase: 'REJECTED', runs: [] });
    const said = async (reason: string) => {
      const GetItem = () => itemOf({ ...row, runs: [], reason });
      return (await ran(logs, ['t'], { GetItem })).remarks;
    };
    const sentence = 'Task film-42 ended REJECTED without a container: There is no such tool.';
    expect(await said('There is no such tool.')).toEqual([sentence]);
    expect(await said('There is no such tool')).toEqual([sentence]);
  });

  test('a run that there never was is told from one that printed nothing', async () => {
    const result = await ran(logs, ['t', '--run', '7'], { GetItem: () => itemOf(running(second)) });
    expect(result.code).toBe(3);
    expect(result.remarks[0]).toContain('has no container of run 7; it has those of 1, 2');
  });
});
