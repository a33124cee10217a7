import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { submit } from '../../../cli/commands/submit.ts';
import type { ControlRequest } from '../../../shared/core/control.ts';
import type { Task } from '../../../shared/core/task.ts';
import { awsError, control, itemOf } from '../fake-aws.ts';
import { live, parameter, spec, versionItem } from '../pins.ts';
import { runCommand } from '../run.ts';
import { at, ended, queued, running, runRecord, starting } from '../tasks.ts';

const latin1 = join(mkdtempSync(join(tmpdir(), 'davit-input-')), 'latin1.json');

beforeAll(() => writeFileSync(latin1, Buffer.from('{"name":"B\u00fccher"}', 'latin1')));
afterAll(() => rmSync(dirname(latin1), { recursive: true }));

const body = '{"tool":"transcoder","input":{"n":1}}';
const digest = createHash('sha256').update(body).digest('hex');
const args = ['transcoder', '--input', '{"n":1}'];

const tools = {
  GetParametersByPath: ({ Path = '' }: Readonly<Record<string, string>>) => ({
    Parameters: [parameter('echo/spec', '{}'), spec, live()].filter(({ Name }) =>
      Name.startsWith(`${Path}/`),
    ),
  }),
};

const accepting = {
  ...tools,
  ...control((asked) =>
    asked.ask === 'submit'
      ? { kind: 'submitted', taskId: asked.taskId }
      : { kind: 'failed', why: 'not asked for' },
  ),
};

/** A table that answers the reads of `new-id` one by one with these rows, and then always with the last. */
const table = (looks: readonly (Task | undefined)[]) => {
  let look = 0;
  return {
    GetItem: () => {
      const task = looks[Math.min(look, looks.length - 1)];
      look += 1;
      return task ? itemOf({ ...task, taskId: 'new-id', digest }) : {};
    },
  };
};

describe('submit', () => {
  test('sends the input as it was written, digit for digit, and prints the id', async () => {
    const asked: ControlRequest[] = [];
    const answers = control((request) => {
      asked.push(request);
      return { kind: 'submitted', taskId: 'new-id' };
    });
    const input = '{"n": 12345678901234567890.10}';
    const more = ['--tenant', 'acme', '--version', '1.1.0', '--cpu', '512', '--memory', '1024'];
    const result = await runCommand(
      submit,
      ['transcoder', '--input', '-', '--priority', '7', ...more],
      { ...answers, ...tools, ...table([undefined]) },
      { stdin: `${input}\n` },
    );
    expect(result).toMatchObject({ code: 0, out: ['new-id'] });
    expect(asked).toEqual([
      {
        ask: 'submit',
        taskId: 'new-id',
        priority: 7,
        body: `{"tool":"transcoder","version":"1.1.0","tenant":"acme","cpu":512,"memoryMiB":1024,"input":${input}}`,
      },
    ]);
  });

  test('sends a timeout, a time and a group', async () => {
    const asked: ControlRequest[] = [];
    const answers = control((request) => {
      asked.push(request);
      return { kind: 'submitted', taskId: 'new-id' };
    });
    const own = ['--timeout', '15m', '--not-before', '2026-11-30T06:00:00Z', '--group', 'night'];
    const all = { ...answers, ...tools, ...table([undefined]) };
    expect(await runCommand(submit, ['transcoder', ...own], all)).toMatchObject({ code: 0 });
    expect(asked).toMatchObject([
      {
        body: '{"tool":"transcoder","timeout":"15m","notBefore":"2026-11-30T06:00:00Z","group":"night"}',
      },
    ]);
    const wrong = await runCommand(submit, ['transcoder', '--timeout', '15'], all);
    expect(wrong).toMatchObject({
      code: 6,
      remarks: [expect.stringContaining('"timeout" must be')],
    });
  });

  test.each([
    ['input that is not JSON', ['transcoder', '--input', '{a}'], 2, '--input expects JSON'],
    ['a file that is not UTF-8', ['transcoder', '--input', `@${latin1}`], 2, 'is not UTF-8 text'],
    ['a file that does not exist', ['transcoder', '--input', '@/nowhere.json'], 2, '/nowhere.json'],
    ['a priority of ten', ['transcoder', '--priority', '10'], 2, 'from 0 to 9, and got "10"'],
    ['input that is not an object', ['transcoder', '--input', '[1]'], 6, 'Nothing was submitted.'],
    [
      'an id with a character that is not allowed',
      ['transcoder', '--id', 'a/b'],
      6,
      'Nothing was submitted.',
    ],
  ])('%s is refused before anything is sent', async (_what, wrong, code, sentence) => {
    const result = await runCommand(submit, wrong, {});
    expect(result.code).toBe(code);
    expect(result.remarks.join()).toContain(sentence);
  });

  test.each([
    ['and the nearest tool is named', 'transcodr', '; the nearest is "transcoder". '],
    ['and the way to list all tools is named', 'nope', '. '],
    ['also when SSM has never seen such a name', 'x.y-z', '. '],
  ])(
    'a tool that does not exist is refused before anything is sent, %s',
    async (_how, tool, near) => {
      const result = await runCommand(submit, [tool, '--follow'], accepting);
      expect(result).toEqual({
        code: 6,
        out: [],
        remarks: [
          `Nothing was submitted. There is no tool "${tool}" in the test${near}\`davit versions\` lists them all.`,
        ],
      });
    },
  );

  test('nothing is sent when SSM cannot be asked for the tool', async () => {
    const GetParametersByPath = () => {
      throw awsError('AccessDeniedException', 'no ssm for you');
    };
    const result = await runCommand(submit, args, { ...accepting, GetParametersByPath });
    expect(result).toEqual({
      code: 1,
      out: [],
      remarks: [
        'Nothing was submitted. Davit could not look up the tool in SSM. AWS does not allow this with your credentials in the test: no ssm for you',
      ],
    });
  });

  test.each([
    [undefined, 'is not registered: its task waits until someone pins it'],
    ['no such file', 'is broken (no such file): its task waits until someone pins it again'],
  ])(
    'a task for a version that cannot run yet is submitted, with a remark',
    async (broken, why) => {
      const record = {
        taskId: '#version/transcoder/7.7.7',
        version: '7.7.7',
        ...(broken ? { broken } : {}),
      };
      const GetItem = () => (broken ? { Item: versionItem(record) } : {});
      const asked = [...args, '--version', '7.7.7'];
      const result = await runCommand(submit, asked, { ...accepting, GetItem });
      expect(result).toEqual({
        code: 0,
        out: ['new-id'],
        remarks: [`Version 7.7.7 of transcoder ${why}.`],
      });
    },
  );

  test('an id that another task already has is refused', async () => {
    const there = { GetItem: () => itemOf(ended({ taskId: 'film-42', digest: 'another' })) };
    const result = await runCommand(submit, [...args, '--id', 'film-42'], there);
    expect(result.code).toBe(6);
    expect(result.remarks[0]).toContain('is already the id of another task (SUCCEEDED)');
  });

  test('the same message again submits nothing, and follows the existing task', async () => {
    const result = await runCommand(submit, [...args, '--id', 'new-id', '-f'], table([ended()]));
    expect(result.code).toBe(0);
    expect(result.remarks[0]).toContain('Nothing new was submitted');
    expect(result.out.at(-1)).toContain('SUCCEEDED');
  });

  test('a broker that does not confirm is an error, and the sentence says how to try again safely', async () => {
    const failing = control(() => ({ kind: 'failed', why: 'connection refused' }));
    const result = await runCommand(submit, args, { ...failing, ...tools });
    expect(result.code).toBe(1);
    expect(result.remarks[0]).toContain('Submit it again with --id new-id');
  });
});

describe('submit --follow', () => {
  test('shows the task from before its first row to its end', async () => {
    const looks = [undefined, queued(), starting(), running(), running(), ended()];
    const result = await runCommand(submit, [...args, '--follow'], {
      ...accepting,
      ...table(looks),
    });
    expect(result.code).toBe(0);
    expect(result.out).toEqual([
      'new-id',
      '04:12:00  QUEUED     taken from davit.tasks',
      '04:12:02  STARTING   ECS has accepted run 1',
      '04:12:04  RUNNING    run 1 runs on cpu',
      '04:12:20  SUCCEEDED  run 1 ended after 16.0 s: succeeded, exit 0',
    ]);
  });

  test.each([
    ['FAILED', 4],
    ['CANCELLED', 5],
    ['REJECTED', 6],
  ] as const)('a task that ends %s is exit code %i', async (phase, code) => {
    const looks = table([ended({ phase })]);
    expect(await runCommand(submit, [...args, '-f'], { ...accepting, ...looks })).toMatchObject({
      code,
    });
  });

  test('prints JSON lines, and the last line is the end', async () => {
    const looks = table([starting(), ended({ result: '{"seconds":10}' })]);
    const result = await runCommand(submit, [...args, '-f', '--json'], { ...accepting, ...looks });
    const lines = result.out.map((line) => JSON.parse(line));
    expect(lines.map((line) => line.kind)).toEqual([
      'submitted',
      'change',
      'change',
      'change',
      'change',
      'change',
      'ended',
    ]);
    expect(lines.at(-1)).toMatchObject({
      taskId: 'new-id',
      phase: 'SUCCEEDED',
      exitCode: 0,
      version: '1.0.0',
      result: '{"seconds":10}',
      endedAt: '2026-11-24T04:12:20.000Z',
    });
  });

  test('shows how far the tool is: as lines in a pipe, once for each tenth, and as a bar on a terminal', async () => {
    const looks = () =>
      table([running(), running(), running(), ...Array(30).fill(running()), ended()]);
    let asked = 0;
    const GetLogEvents = () => {
      asked += 1;
      const fraction = Math.min(1, 0.25 * Math.ceil(asked / 2));
      const message = `DAVIT_PROGRESS {"fraction":${fraction},"step":"encode"}`;
      return {
        events: [
          { timestamp: at(12) + asked, message },
          { timestamp: at(12), message: 'frame' },
        ],
      };
    };
    const piped = await runCommand(submit, [...args, '-f'], {
      ...accepting,
      ...looks(),
      GetLogEvents,
    });
    expect(piped.out.filter((line) => line.includes('%'))).toEqual([
      '          run 1: 25 %, encode',
      '          run 1: 50 %, encode',
    ]);
    expect(asked).toBeLessThan(6);
    const statuses: (string | undefined)[] = [];
    const onStatus = (line: string | undefined) => void statuses.push(line);
    const terminal = await runCommand(
      submit,
      [...args, '-f'],
      { ...accepting, ...looks(), GetLogEvents },
      { isTerminal: true, screen: { colours: false, columns: 80 }, onStatus },
    );
    expect(terminal.out.join()).not.toContain('encode');
    expect(statuses.at(0)).toMatch(/█░+ +\d+ % encode$/);
    expect(statuses.at(-1)).toBeUndefined();
  });

  test('goes on without progress where the log may not be read', async () => {
    const looks = table([running(), running(), ended()]);
    const result = await runCommand(submit, [...args, '-f'], { ...accepting, ...looks });
    expect(result).toMatchObject({ code: 0, remarks: [] });
  });

  test('with --logs it prints what the containers print, including their last lines', async () => {
    const lines = ['one', 'two', 'three'];
    let asked = 0;
    const logs = {
      // Each second call finds one more line. The token is the number of lines read.
      GetLogEvents: ({ nextToken, logStreamName }: Readonly<Record<string, string>>) => {
        expect(logStreamName).toBe('tool/tool/0123456789abcdef0123456789abcdef');
        const from = Number(nextToken ?? 0);
        asked += 1;
        const until = Math.min(lines.length, Math.ceil(asked / 2));
        const events = lines.slice(from, until).map((message) => ({ timestamp: 1, message }));
        return { events, nextForwardToken: String(Math.max(from, until)) };
      },
    };
    const looks = table([running(), ended()]);
    const result = await runCommand(submit, [...args, '-f', '--logs'], {
      ...accepting,
      ...looks,
      ...logs,
    });
    const printed = result.out
      .filter((line) => line.includes('│'))
      .map((line) => line.split(' ').at(-1));
    expect(printed).toEqual(lines);
    expect(result.out.at(-1)).toContain('run 1 ended');
  });

  describe('of runs that fail', () => {
    const runs = ['one', 'two'].map((name, index) =>
      runRecord({
        run: index + 1,
        verdict: 'tool',
        why: 'exit 75',
        exitCode: 75,
        ecsTaskArn: `arn:task/c/${name}`,
      }),
    );
    const looks = () =>
      table([
        running({ ecsTaskArn: 'arn:task/c/one' }),
        // The QUEUED phase between two runs may be missed.
        running({ run: 2, ecsTaskArn: 'arn:task/c/two', runs: runs.slice(0, 1) }),
        ended({ phase: 'FAILED', run: 2, runs, reason: 'exit 75', outcome: 'exit 75' }),
      ]);
    const GetLogEvents = (input: Readonly<Record<string, string>>) => ({
      events: input.nextToken
        ? []
        : [{ timestamp: 1, message: `\u001b[31mof ${input.logStreamName?.split('/').at(-1)}` }],
      nextForwardToken: 'end',
    });

    test('prints the last line of each run once, when the run has ended', async () => {
      const aws = { ...accepting, ...looks(), GetLogEvents };
      const result = await runCommand(submit, [...args, '-f'], aws);
      expect(result).toMatchObject({ code: 4, remarks: [] });
      const shown = result.out.filter((line) => /run . ended|│/.test(line));
      expect(shown.map((line) => line.replace(/^\S+ +[A-Z]+ +| after.*$/g, ''))).toEqual([
        'run 1 ended',
        '          │ of one',
        'run 2 ended',
        '          │ of two',
      ]);
    });

    test('prints no line twice where --logs prints all of them', async () => {
      const aws = { ...accepting, ...looks(), GetLogEvents };
      const result = await runCommand(submit, [...args, '-f', '--logs'], aws);
      expect(result.out.filter((line) => line.includes('│'))).toHaveLength(2);
    });

    test('has the last line in JSON, of each run and at the end', async () => {
      const aws = { ...accepting, ...looks(), GetLogEvents };
      const result = await runCommand(submit, [...args, '-f', '--json'], aws);
      const lines = result.out.map((line) => JSON.parse(line));
      expect(lines.filter(({ kind }) => kind === 'lastLine')).toEqual([
        { kind: 'lastLine', taskId: 'new-id', run: 1, lastLine: 'of one' },
        { kind: 'lastLine', taskId: 'new-id', run: 2, lastLine: 'of two' },
      ]);
      expect(lines.at(-1)).toMatchObject({ kind: 'ended', lastLine: 'of two' });
    });

    test('ends in the same way when no log can be read', async () => {
      const result = await runCommand(submit, [...args, '-f'], { ...accepting, ...looks() });
      expect(result.code).toBe(4);
      expect(result.remarks).toEqual([
        expect.stringContaining('the log of run 1 could not be read'),
        expect.stringContaining('the log of run 2 could not be read'),
      ]);
    });
  });

  test('with --logs it prints every run that the first read finds', async () => {
    const runs = ['a', 'b', 'c'].map((name, index) =>
      runRecord({
        run: index + 1,
        verdict: 'tool',
        why: 'exit 75',
        ecsTaskArn: `arn:task/c/${name}`,
      }),
    );
    const looks = table([
      running({ run: 4, ecsTaskArn: 'arn:task/c/d', runs }),
      ended({ run: 4, runs: [...runs, runRecord({ run: 4, ecsTaskArn: 'arn:task/c/d' })] }),
    ]);
    const GetLogEvents = (input: Readonly<Record<string, string>>) => ({
      events: input.nextToken ? [] : [{ timestamp: 1, message: `of ${input.logStreamName}` }],
      nextForwardToken: 'end',
    });
    const args4 = [...args, '-f', '--logs'];
    const result = await runCommand(submit, args4, { ...accepting, ...looks, GetLogEvents });
    const printed = result.out.filter((line) => line.includes('│'));
    expect(printed.map((line) => line.at(-1))).toEqual(['a', 'b', 'c', 'd']);
  });

  test('an error while following says that the task goes on', async () => {
    let looks = 0;
    const GetItem = () => {
      looks += 1;
      if (looks > 2) throw awsError('AccessDeniedException', 'no longer.');
      return itemOf({ ...running(), taskId: 'new-id', digest });
    };
    const result = await runCommand(submit, [...args, '-f'], { ...accepting, GetItem });
    expect(result.code).toBe(1);
    expect(result.remarks).toEqual([
      'AWS does not allow this with your credentials in the test: no longer. Davit stopped following task new-id, which goes on: see `davit show new-id`.',
    ]);
  });

  test('Ctrl-C stops following, says so, and has its own exit code', async () => {
    const result = await runCommand(
      submit,
      [...args, '-f'],
      { ...accepting, ...table([running()]) },
      { onWait: (times, stop) => times === 3 && stop() },
    );
    expect(result.code).toBe(130);
    expect(result.remarks.at(-1)).toBe(
      'Stopped following. Task new-id goes on: see `davit show new-id`.',
    );
  });

  test('a remark says that a message waits when it is not taken', async () => {
    const result = await runCommand(
      submit,
      [...args, '-f'],
      { ...accepting, ...table([undefined]) },
      { onWait: (times, stop) => times === 50 && stop() },
    );
    expect(
      result.remarks.filter((line) => line === 'The message waits in davit.tasks.'),
    ).toHaveLength(1);
  });
});
