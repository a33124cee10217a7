import { marshall } from '@aws-sdk/util-dynamodb';
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

describe('cancel --group', () => {
  const inGroup = () => {
    const { asked, answers } = answering(() => 'done');
    const at = '2026-11-24T14:00:00.000Z';
    const items = ['mine', 'other'].map((taskId) =>
      marshall({ taskId, phase: 'QUEUED', run: 1, createdAt: at, updatedAt: at }),
    );
    const Query = (input: {
      readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S: string }>>;
    }) => ({ Items: input.ExpressionAttributeValues?.[':phase']?.S === 'QUEUED' ? items : [] });
    const rows = [
      marshall({ taskId: 'mine', groupName: 'night' }),
      marshall({ taskId: 'other', groupName: 'day' }),
    ];
    const BatchGetItem = () => ({ Responses: { 'davit-test-tasks': rows } });
    return { asked, answers: { ...answers, Query, BatchGetItem } };
  };

  test('asks the user, and then for the tasks of the group', async () => {
    const { asked, answers } = inGroup();
    const said = await runCommand(cancel, ['--group', 'night'], answers, { answer: true });
    expect(said.code).toBe(0);
    expect(said.remarks).toContain('This cancels 1 task. Go on?');
    expect(asked).toEqual([{ ask: 'cancel', taskIds: ['mine'] }]);
  });

  test('cancels nothing when the user says no, or nobody can be asked', async () => {
    const { asked, answers } = inGroup();
    const no = await runCommand(cancel, ['--group', 'night'], answers, { answer: false });
    expect(no).toMatchObject({ code: 6 });
    expect(await runCommand(cancel, ['--group', 'night'], answers)).toMatchObject({
      code: 2,
      remarks: ['This cancels 1 task. Nobody can be asked here: use --yes.'],
    });
    expect(asked).toEqual([]);
  });

  test('takes either tasks or a group, and says when the group has none', async () => {
    const { answers } = inGroup();
    expect(await runCommand(cancel, ['a', '--group', 'night'], answers)).toMatchObject({ code: 2 });
    expect(await runCommand(cancel, ['--group', 'week'], answers)).toMatchObject({
      code: 0,
      out: ['The group has no task that has not ended.'],
    });
  });

  /** A group whose rows are found at different passes: each list of ids is what a pass sees first. A pass ends with a request. */
  const moving = (
    found: readonly (readonly string[])[],
    phaseOf: (taskId: string) => string = () => 'RUNNING',
    how: (taskId: string) => TaskAnswer['how'] = () => 'done',
  ) => {
    const { asked, answers } = answering(how);
    const at = '2026-11-24T14:00:00.000Z';
    const Query = (input: {
      readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S: string }>>;
    }) => {
      const open = found.slice(0, asked.length + 1).flat();
      const items = open.map((taskId) =>
        marshall({ taskId, phase: 'RUNNING', run: 1, createdAt: at, updatedAt: at }),
      );
      return { Items: input.ExpressionAttributeValues?.[':phase']?.S === 'RUNNING' ? items : [] };
    };
    const rows = found
      .flat()
      .map((taskId) => marshall({ taskId, groupName: 'night', phase: phaseOf(taskId) }));
    const BatchGetItem = () => ({ Responses: { 'davit-test-tasks': rows } });
    const ids = () => asked.map((one) => (one.ask === 'cancel' ? one.taskIds : []));
    return { ids, answers: { ...answers, Query, BatchGetItem } };
  };
  const night = ['--group', 'night', '--yes'];

  test('reads the group again, until it finds no more: a task that moves may be missed at first', async () => {
    const { ids, answers } = moving([['a'], ['b', 'c'], ['d']]);
    const said = await runCommand(cancel, [...night, '--json'], answers);
    expect(ids()).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(said).toMatchObject({ code: 0 });
    expect(said.remarks).toEqual([
      '2 more tasks of the group were found.',
      '1 more task of the group was found.',
    ]);
    expect(JSON.parse(said.out.join('\n')).tasks).toHaveLength(4);
  });

  test('says how many are left after five passes', async () => {
    const { ids, answers } = moving([['a'], ['b'], ['c'], ['d'], ['e'], ['f', 'g'], ['h']]);
    const said = await runCommand(cancel, night, answers);
    expect(ids().flat()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(said.remarks.at(-1)).toBe(
      '2 tasks of the group that were found since are not cancelled. The same command cancels them.',
    );
  });

  test.each([
    ['SUCCEEDED', 'refused', 0],
    ['RUNNING', 'refused', 6],
    ['SUCCEEDED', 'failed', 1],
  ] as const)('exits for a task that is %s now and was %s with %i', async (phase, how, code) => {
    const { answers } = moving(
      [['a', 'b']],
      () => phase,
      (taskId) => (taskId === 'a' ? how : 'done'),
    );
    const said = await runCommand(cancel, night, answers);
    expect(said.code).toBe(code);
    expect(said.out.join('\n')).toMatch(new RegExp(`a +${how}`));
  });
});
