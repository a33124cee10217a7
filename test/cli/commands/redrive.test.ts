import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { redrive } from '../../../cli/commands/redrive.ts';
import type { ControlRequest } from '../../../shared/core/control.ts';
import { deadIndex, deadRow } from '../dead-rows.ts';
import { control } from '../fake-aws.ts';
import { runCommand } from '../run.ts';

const deployment = (rows: readonly ReturnType<typeof deadRow>[]) => {
  const asked: ControlRequest[] = [];
  const answers = {
    ...deadIndex(rows),
    ...control((request) => {
      asked.push(request);
      const tasks = request.ask === 'redrive' ? request.tasks : [];
      return {
        kind: 'tasks',
        tasks: tasks.map(({ taskId, run = 0 }) => ({
          taskId,
          how: 'done',
          says: `it is QUEUED for run ${run + 1}`,
        })),
      };
    }),
    GetItem: (input: { readonly Key?: { readonly taskId: { readonly S: string } } }) => {
      const row = rows.find(({ taskId }) => taskId === input.Key?.taskId.S);
      return row ? { Item: marshall(row) } : {};
    },
  };
  return { asked, answers };
};

const three = [deadRow('a', { run: 2 }), deadRow('b', {}), deadRow('c', { tool: 'echo' })];

describe('redrive', () => {
  test('names the last run of each task, so that twice is once', async () => {
    const { asked, answers } = deployment(three);
    const result = await runCommand(redrive, ['a', 'b', 'gone'], answers);
    expect(asked).toEqual([
      {
        ask: 'redrive',
        tasks: [{ taskId: 'a', run: 2 }, { taskId: 'b', run: 1 }, { taskId: 'gone' }],
        sameVersion: false,
      },
    ]);
    expect(result.code).toBe(0);
    expect(result.out.join('\n')).toContain('it is QUEUED for run 3');
  });

  test('of a tool asks first, and does nothing without a yes', async () => {
    const { asked, answers } = deployment(three);
    const no = await runCommand(redrive, ['--tool', 'transcoder'], answers, { answer: false });
    expect(no).toMatchObject({ code: 6 });
    expect(no.remarks).toEqual(['This redrives 2 tasks. Go on?', 'Nothing was redriven.']);
    const nobody = await runCommand(redrive, ['--tool', 'transcoder'], answers);
    expect(nobody).toMatchObject({
      code: 2,
      remarks: [expect.stringMatching(/Nobody can be asked here: use --yes, or --dry-run/)],
    });
    expect(asked).toEqual([]);
    const yes = await runCommand(redrive, ['--tool', 'transcoder'], answers, { answer: true });
    expect(yes.code).toBe(0);
    expect(asked).toMatchObject([
      {
        tasks: [
          { taskId: 'a', run: 2 },
          { taskId: 'b', run: 1 },
        ],
      },
    ]);
  });

  test('asks before it redrives more than twenty that were named', async () => {
    const ids = Array.from({ length: 21 }, (_, n) => `task-${n}`);
    const { asked, answers } = deployment(ids.map((id) => deadRow(id, {})));
    const none = await runCommand(redrive, ids, answers);
    expect(none.code).toBe(2);
    expect(asked).toEqual([]);
    expect((await runCommand(redrive, [...ids, '--yes'], answers)).code).toBe(0);
    expect((await runCommand(redrive, ids.slice(1), answers)).code).toBe(0);
    expect(asked).toHaveLength(2);
  });

  test('with --same-version and --yes asks nobody', async () => {
    const { asked, answers } = deployment(three);
    const args = ['--tool', 'echo', '--reason', 'EXIT', '--same-version', '--yes'];
    expect((await runCommand(redrive, args, answers)).code).toBe(0);
    expect(asked).toEqual([
      { ask: 'redrive', tasks: [{ taskId: 'c', run: 1 }], sameVersion: true },
    ]);
  });

  test('with --dry-run only shows the tasks', async () => {
    const { asked, answers } = deployment(three);
    const result = await runCommand(redrive, ['--tool', 'transcoder', '--dry-run'], answers);
    expect(result.out).toEqual(['a  exit 64', 'b  exit 64', '2 tasks would be redriven.']);
    expect(asked).toEqual([]);
  });

  test('says how far it came at Ctrl-C, and that the same command goes on', async () => {
    const ids = Array.from({ length: 150 }, (_, n) => `task-${n}`);
    const { answers } = deployment(ids.map((id) => deadRow(id, {})));
    const result = await runCommand(redrive, ['--tool', 'transcoder', '--yes'], answers, {
      stopAtRemark: /100 of 150/,
    });
    expect(result.code).toBe(130);
    expect(result.remarks.at(-1)).toBe(
      'Stopped after 100 of 150 tasks. The same command goes on with the others.',
    );
  });

  test.each([
    [[], 'Name either tasks or --tool.'],
    [['a', '--tool', 'echo'], 'Name either tasks or --tool.'],
    [['a', '--reason', 'x'], '--reason works only with --tool.'],
  ])('refuses %j', async (args, sentence) => {
    const { answers } = deployment(three);
    expect(await runCommand(redrive, args, answers)).toMatchObject({
      code: 2,
      remarks: [expect.stringContaining(sentence)],
    });
  });

  test('of a tool without dead letters says so', async () => {
    const { answers } = deployment([]);
    const result = await runCommand(redrive, ['--tool', 'echo', '--yes'], answers);
    expect(result).toMatchObject({ code: 0, out: ['No such task is FAILED or REJECTED.'] });
  });
});
