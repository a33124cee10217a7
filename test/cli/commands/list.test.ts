import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { list } from '../../../cli/commands/list.ts';
import { awsError, control } from '../fake-aws.ts';
import { spec } from '../pins.ts';
import { runCommand } from '../run.ts';
import { at, start } from '../tasks.ts';

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

/** An index over rows by the partition key, with one item in each page. */
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
const backlog = control(() => ({ kind: 'backlog', ready: 3, doorbells: 2 }));
const firstCells = (lines: readonly string[]) => lines.map((line) => line.split(' ')[0]);

describe('list --group', () => {
  const answers = {
    ...index(rows),
    ...backlog,
    BatchGetItem: () => ({
      Responses: {
        'davit-test-tasks': [
          marshall({ taskId: 'newer', groupName: 'night' }),
          marshall({ taskId: 'newest', groupName: 'other' }),
        ],
      },
    }),
  };

  test('shows the tasks of the group', async () => {
    const result = await runCommand(list, ['--group', 'night'], answers);
    expect(firstCells(result.out.slice(0, -2))).toEqual(['TASK', 'newer']);
    expect(result.remarks).toEqual([]);
  });

  test('refuses what can be no group', async () => {
    expect(await runCommand(list, ['--group', 'a b'], answers)).toMatchObject({
      code: 2,
      remarks: ['--group expects 1 to 100 letters, digits, _ . @ or -, and got "a b".'],
    });
  });
});

describe('list', () => {
  test('shows tasks of all phases, the last changed first, and the backlog', async () => {
    const result = await runCommand(list, [], { ...index(rows), ...backlog });
    expect(result.code).toBe(0);
    expect(firstCells(result.out.slice(0, -2))).toEqual(['TASK', 'newest', 'newer', 'old']);
    expect(result.out.at(-1)).toBe(
      '3 messages wait in davit.tasks. 2 doorbells wait in davit.doorbells.',
    );
  });

  test('shows one phase, named in any case, and no more than the limit', async () => {
    const args = ['--phase', 'succeeded', '--tool', 'transcoder', '--limit', '1', '--json'];
    const result = await runCommand(list, args, { ...index(rows.slice(0, 3)), ...backlog });
    const document = JSON.parse(result.out.join('\n'));
    expect(document).toMatchObject({ backlog: 3, doorbells: 2 });
    expect(document.tasks).toMatchObject([{ ...rows[2], exitCode: null }]);
  });

  test('says when there are more tasks than it shows, and only then', async () => {
    const cut = await runCommand(list, ['--limit', '2'], { ...index(rows), ...backlog });
    expect(firstCells(cut.out.slice(0, -2))).toEqual(['TASK', 'newest', 'newer']);
    expect(cut.remarks).toEqual(['There are more tasks than these 2: use --limit to see them.']);
    const whole = await runCommand(list, ['--limit', '3', '--json'], {
      ...index(rows),
      ...backlog,
    });
    expect(whole.remarks).toEqual([]);
  });

  test('refuses an unknown phase, and names the phases', async () => {
    const result = await runCommand(list, ['--phase', 'DONE'], {});
    expect(result.code).toBe(2);
    expect(result.remarks[0]).toContain('QUEUED, LAUNCHING');
  });

  test.each([[[]], [['--phase', 'FAILED']]])(
    'says that a tool does not exist, rather than that it has no tasks (%j)',
    async (more) => {
      const GetParametersByPath = ({ Path = '' }) => ({
        Parameters: Path === '/davit/test/tools' ? [spec] : [],
      });
      const args = ['--tool', 'transcodr', ...more];
      const result = await runCommand(list, args, {
        ...index([]),
        ...backlog,
        GetParametersByPath,
      });
      expect(result).toEqual({
        code: 3,
        out: [],
        remarks: [
          'There is no tool "transcodr" in the test; the nearest is "transcoder". `davit versions` lists them all.',
        ],
      });
    },
  );

  test('is empty for a tool without tasks, and for a tool that SSM cannot be asked about', async () => {
    const there = { GetParametersByPath: () => ({ Parameters: [spec] }) };
    const args = ['--tool', 'transcoder'];
    const empty = await runCommand(list, args, { ...index([]), ...backlog, ...there });
    expect(empty).toMatchObject({ code: 0, remarks: [] });
    expect(empty.out[0]).toBe('No task was found.');
    const silent = await runCommand(list, args, { ...index([]), ...backlog });
    expect(silent).toMatchObject({ code: 0, out: empty.out });
    expect(silent.remarks[0]).toMatch(/^Davit could not check that the tool "transcoder" exists: /);
  });

  test('prints the tasks without the backlog when control does not answer', async () => {
    const result = await runCommand(list, [], { ...index(rows) });
    expect(result.code).toBe(0);
    expect(result.out.at(-1)).toContain('The number of messages in davit.tasks is not known');
  });

  test('says when Davit is not deployed', async () => {
    const missing = {
      Query: () => {
        throw awsError('ResourceNotFoundException', 'Requested resource not found');
      },
    };
    const result = await runCommand(list, [], { ...missing, ...backlog });
    expect(result.code).toBe(1);
    expect(result.remarks[0]).toContain('Davit is not deployed in the test');
  });
});
