import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { submit } from '../../cli/commands/submit.ts';
import type { TaskAnswer } from '../../shared/core/control.ts';
import { type Answers, awsError, control, type Input } from './fake-aws.ts';
import { parameter, spec } from './pins.ts';
import { type Circumstances, runCommand } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'davit-from-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (lines: readonly string[]): string => {
  const path = join(folder, `${lines.length}-${Math.abs(lines.join().length)}.jsonl`);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};

const digestOf = (body: string): string => createHash('sha256').update(body).digest('hex');

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => JSON.stringify({ id: `t-${n + 1}`, input: { n } }));

/** A deployment that accepts every message once, and then has its row. `trouble` is what an Invoke meets first. */
const deployment = (
  trouble: (asked: number, taskId: string) => TaskAnswer['how'] | Error = () => 'done',
) => {
  const digests = new Map<string, string>();
  const sent: string[] = [];
  let asks = 0;
  const answers: Answers = {
    GetParametersByPath: ({ Path = '' }: Readonly<Record<string, string>>) => ({
      Parameters: [parameter('echo/spec', '{}'), spec].filter(({ Name }) =>
        Name.startsWith(`${Path}/`),
      ),
    }),
    BatchGetItem: (input: Input) => {
      const asked: Readonly<
        Record<string, { readonly Keys: readonly { taskId: { S: string } }[] }>
      > = JSON.parse(JSON.stringify(input)).RequestItems;
      const [[table = '', { Keys } = { Keys: [] }] = []] = Object.entries(asked);
      const found = Keys.flatMap(({ taskId: { S: taskId } }) => {
        const digest = digests.get(taskId);
        return digest === undefined ? [] : [marshall({ taskId, digest })];
      });
      return { Responses: { [table]: found } };
    },
    ...control((asked) => {
      if (asked.ask !== 'submitMany') return { kind: 'failed', why: 'not asked for' };
      asks += 1;
      const tasks = asked.tasks.map(({ taskId }): TaskAnswer => {
        const how = trouble(asks, taskId);
        if (how instanceof Error) throw how;
        if (how === 'done') sent.push(taskId);
        return { taskId, how, says: how === 'done' ? 'it was submitted' : 'the queue is full' };
      });
      return { kind: 'tasks', tasks };
    }),
  };
  return { answers, digests, sent, asks: () => asks };
};

const run = (
  from: string,
  answers: Answers,
  rest: readonly string[] = [],
  how: Circumstances = {},
) => runCommand(submit, ['echo', '--from', from, ...rest], answers, how);

describe('submit --from', () => {
  test('submits a task for each line, in batches of a hundred', async () => {
    const { answers, sent, asks } = deployment();
    const result = await run(fileOf(numbered(250)), answers);
    expect(result).toMatchObject({
      code: 0,
      out: ['250 submitted, 0 there already.'],
      remarks: [],
    });
    expect(sent.toSorted()).toEqual(
      numbered(250)
        .map((_, n) => `t-${n + 1}`)
        .toSorted(),
    );
    expect(asks()).toBe(3);
  });

  test('reads stdin', async () => {
    const { answers, sent } = deployment();
    const result = await run('-', answers, ['--group', 'night'], {
      stdin: '{"id":"a"}\n\n{"id":"b"}',
    });
    expect(result).toMatchObject({ code: 0, out: ['2 submitted, 0 there already.'] });
    expect(sent).toEqual(['a', 'b']);
  });

  test('sends nothing twice, and names the id that another task has', async () => {
    const { answers, digests, sent } = deployment();
    digests.set('t-1', digestOf('{"tool":"echo","input":{"n":0}}'));
    digests.set('t-2', 'of another body');
    const result = await run(fileOf(numbered(3)), answers);
    expect(result).toMatchObject({ code: 6, out: ['1 submitted, 1 there already, 1 wrong.'] });
    expect(result.remarks).toEqual([
      'Line 2 is wrong: its id "t-2" is already the id of another task.',
    ]);
    expect(sent).toEqual(['t-3']);
  });

  test('names a wrong line, and goes on with the others', async () => {
    const { answers, sent } = deployment();
    const lines = ['{"id":"a"}', '{', '{"id":"b"}', '{"id":"c","colour":"red"}'];
    const result = await run(fileOf(lines), answers);
    expect(result).toMatchObject({ code: 6, out: ['2 submitted, 0 there already, 2 wrong.'] });
    expect(result.remarks).toEqual([
      expect.stringMatching(/^Line 2 is wrong: a JSON object was expected/),
      expect.stringMatching(/^Line 4 is wrong: .*"colour"/),
    ]);
    expect(sent).toEqual(['a', 'b']);
  });

  test('stops at a wrong line with --strict, and says how to go on', async () => {
    const { answers, sent } = deployment();
    const result = await run(fileOf(['{"id":"a"}', '{', '{"id":"b"}']), answers, ['--strict']);
    expect(result).toMatchObject({ code: 6, out: ['1 submitted, 0 there already, 1 wrong.'] });
    expect(result.remarks.at(-1)).toBe(
      'Stopped at a wrong line, because of --strict. 1 submitted, 0 there already, 1 wrong; the lines up to 2 are done. Run the same command again to go on: what was submitted is not submitted twice.',
    );
    expect(sent).toEqual(['a']);
  });

  test('slows down when the broker or Lambda refuses, and goes on with what was refused', async () => {
    const { answers, sent } = deployment((asked, taskId) => {
      if (asked === 1 && taskId === 't-2') return 'failed';
      // The SDK tries three times by itself.
      return asked > 1 && asked <= 4
        ? awsError('TooManyRequestsException', 'Rate exceeded')
        : 'done';
    });
    const waits: number[] = [];
    const result = await run(fileOf(numbered(3)), answers, [], {
      onWait: (times) => waits.push(times),
    });
    expect(result).toMatchObject({ code: 0, out: ['3 submitted, 0 there already.'] });
    expect(result.remarks).toEqual([
      'the queue is full. Davit goes on in 1 s, and more slowly.',
      expect.stringMatching(/TooManyRequestsException: Rate exceeded\. Davit goes on in 2 s/),
    ]);
    expect(sent).toEqual(['t-1', 't-3', 't-2']);
    expect(waits.length).toBeGreaterThan(1);
  });

  test('gives up when nothing was accepted for five minutes', async () => {
    const { answers } = deployment(() => 'failed');
    const result = await run(fileOf(numbered(2)), answers);
    expect(result.code).toBe(1);
    expect(result.remarks.at(-1)).toMatch(
      /^Nothing was accepted for five minutes: the queue is full\. 0 submitted, 0 there already; the lines up to 0 are done\. Run the same command/,
    );
  });

  test('says where it stopped when Ctrl-C ends it', async () => {
    const { answers } = deployment((asked) => (asked === 1 ? 'done' : 'failed'));
    const result = await run(fileOf(numbered(150)), answers, [], { onWait: (_, stop) => stop() });
    expect(result.code).toBe(130);
    expect(result.remarks.at(-1)).toMatch(
      /^Stopped\. \d+ submitted, 0 there already; the lines up to \d+ are done\./,
    );
  });

  test('stops at once for an error that waiting does not mend', async () => {
    const { answers } = deployment(() => awsError('AccessDeniedException', 'no right to Invoke'));
    const result = await run(fileOf(numbered(2)), answers);
    expect(result.code).toBe(1);
    expect(result.remarks).toEqual([
      expect.stringMatching(/AWS does not allow this .* Run the same/),
    ]);
  });

  test('shows a bar on a terminal, and removes it at the end', async () => {
    const { answers } = deployment((asked) => (asked === 1 ? 'failed' : 'done'));
    const shown: (string | undefined)[] = [];
    await run(fileOf(numbered(2)), answers, [], {
      isTerminal: true,
      screen: { colours: false, columns: 100 },
      onStatus: (line) => shown.push(line),
    });
    expect(shown.at(0)).toMatch(/^█{24} 100 % {2}1 submitted, 0 there already, 1 a second$/);
    expect(shown.at(-1)).toBeUndefined();
  });

  test.each([
    [
      ['--input', '{}'],
      '--from cannot be used with --input: write "input" into the lines of the file.',
    ],
    [['--id', 'a'], '--from cannot be used with --id'],
    [['--follow'], '--from cannot be used with --follow: use `davit list`'],
  ])('is refused with %s', async (rest, sentence) => {
    const result = await run(fileOf(numbered(2)), deployment().answers, rest);
    expect(result).toMatchObject({ code: 2, remarks: [expect.stringContaining(sentence)] });
  });

  test('needs a file that can be read, and a tool that exists', async () => {
    const { answers } = deployment();
    expect(await run(join(folder, 'none'), answers)).toMatchObject({
      code: 2,
      remarks: [expect.stringMatching(/^The tasks could not be read from .*none/)],
    });
    const other = await runCommand(submit, ['ecco', '--from', '-'], answers);
    expect(other).toMatchObject({
      code: 6,
      remarks: [expect.stringMatching(/Nothing was submitted/)],
    });
  });

  test('prints a JSON line for each line, and the counts last', async () => {
    const { answers } = deployment();
    const result = await run(fileOf(['{"id":"a"}', '{']), answers, ['--json']);
    expect(result.out.map((line) => JSON.parse(line))).toEqual([
      { kind: 'line', line: 2, taskId: null, how: 'wrong', why: expect.any(String) },
      { kind: 'line', line: 1, taskId: 'a', how: 'sent', why: null },
      { kind: 'end', sent: 1, existing: 0, wrong: 1, lines: 2 },
    ]);
  });
});
