import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { list } from '../../../cli/commands/list.ts';
import { logs } from '../../../cli/commands/logs.ts';
import { show } from '../../../cli/commands/show.ts';
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

  test('a run that there never was is told from one that printed nothing', async () => {
    const result = await ran(logs, ['t', '--run', '7'], { GetItem: () => itemOf(running(second)) });
    expect(result.code).toBe(3);
    expect(result.remarks[0]).toContain('has no container of run 7; it has those of 1, 2');
  });
});
