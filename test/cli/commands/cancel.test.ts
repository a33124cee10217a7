import { describe, expect, test } from 'vitest';
import { cancel } from '../../../cli/commands/cancel.ts';
import type { ControlRequest, TaskAnswer } from '../../../shared/core/control.ts';
import { control } from '../fake-aws.ts';
import { runCommand } from '../run.ts';

const answering = (how: (taskId: string) => TaskAnswer['how']) => {
  const asked: ControlRequest[] = [];
  const answers = control((request) => {
    asked.push(request);
    const ids = request.ask === 'cancel' ? request.taskIds : [];
    return {
      kind: 'tasks',
      tasks: ids.map((taskId) => ({ taskId, how: how(taskId), says: `about ${taskId}` })),
    };
  });
  return { asked, answers };
};

describe('cancel', () => {
  test('asks for all its tasks at once, and prints a sentence for each', async () => {
    const { asked, answers } = answering(() => 'done');
    const result = await runCommand(cancel, ['a', 'b', 'a', '--why', 'no more'], answers);
    expect(asked).toEqual([{ ask: 'cancel', taskIds: ['a', 'b'], why: 'no more' }]);
    expect(result.code).toBe(0);
    expect(result.out.slice(1).map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['a', 'done', 'about a'],
      ['b', 'done', 'about b'],
    ]);
  });

  test.each([
    ['refused', 6],
    ['failed', 1],
  ] as const)('exits for a task that is %s with %i', async (how, code) => {
    const { answers } = answering((taskId) => (taskId === 'b' ? how : 'done'));
    const result = await runCommand(cancel, ['a', 'b'], answers);
    expect(result.code).toBe(code);
    expect(result.out.join('\n')).toContain('about b');
  });

  test('asks for a hundred at a time, says how far it has come, and prints only numbers', async () => {
    const ids = Array.from({ length: 250 }, (_, n) => `task-${n}`);
    const { asked, answers } = answering((taskId) => (taskId === 'task-7' ? 'refused' : 'done'));
    const result = await runCommand(cancel, ids, answers);
    expect(asked.map((one) => (one.ask === 'cancel' ? one.taskIds.length : 0))).toEqual([
      100, 100, 50,
    ]);
    expect(result.remarks).toEqual(['100 of 250 tasks so far.', '200 of 250 tasks so far.']);
    expect(result.out).toHaveLength(3);
    expect(result.out.join('\n')).toMatch(/task-7 .*refused/);
    expect(result.out.at(-1)).toBe('250 tasks: 249 done, 1 refused.');
  });

  test('refuses a text that is no id, and asks for nothing', async () => {
    const { asked, answers } = answering(() => 'done');
    expect(await runCommand(cancel, ['a', 'b c'], answers)).toMatchObject({
      code: 3,
      remarks: [expect.stringMatching(/There is no task "b c"/)],
    });
    expect(await runCommand(cancel, [], answers)).toMatchObject({ code: 2 });
    expect(asked).toEqual([]);
  });

  test('passes on why control refuses the whole request', async () => {
    const answers = control(() => ({ kind: 'refused', reason: 'it is too late' }));
    expect(await runCommand(cancel, ['a'], answers)).toMatchObject({
      code: 1,
      remarks: ['it is too late.'],
    });
  });
});
