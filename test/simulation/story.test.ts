import { expect, it } from 'vitest';
import { storyOf, tasksIn } from './story.ts';

const noted = [
  '14:00:00.000  ** a publisher sends message task-1 to davit.tasks: {}',
  '14:00:01.000  dispatch-1 (current) is invoked',
  '14:00:01.100    dispatch-1 logs debug port.called {"says":"writes a new row: task-1 (QUEUED, run 1)"}',
  '14:00:01.150  settle-2 (current) is invoked',
  '14:00:01.160    dispatch-1 logs warn run.refused {"why":"no capacity","times":2}',
  '14:00:01.170  settle-2 returned',
  '14:00:01.200  dispatch-1 returned',
  '14:00:02.000  container task-2/1 ends: {"kind":"exited","exitCode":137,"outOfMemory":true}',
  '14:00:03.000  container task-1/1 ends: {"kind":"notStarted","reason":"no such file"}',
  '14:00:04.000  dispatch-1 (current) is invoked',
  '14:00:04.100  dispatch-1 ends (halt) after tasks.save',
];

it('says one thing in a line, without invocations that did nothing', () => {
  expect(storyOf(noted)).toEqual([
    '14:00:00.000  > a publisher sends message task-1 to davit.tasks: {}',
    '14:00:01.000  dispatch-1 (current) is invoked',
    '14:00:01.100  dispatch-1 writes a new row: task-1 (QUEUED, run 1)',
    '14:00:01.160  dispatch-1 logs warn run.refused: why no capacity, times 2',
    '14:00:01.200  dispatch-1 is done',
    '14:00:02.000  container task-2/1 exits with code 137, out of memory',
    '14:00:03.000  container task-1/1 cannot start: no such file',
    '14:00:04.000  dispatch-1 (current) is invoked',
    '14:00:04.100  dispatch-1 ends (halt) after tasks.save',
  ]);
});

it('leaves out what is about other tasks only', () => {
  const story = storyOf(noted, new Set(['task-1']));
  expect(story.filter((line) => line.includes('task-2'))).toEqual([]);
  expect(story).toHaveLength(8);
});

it('finds the tasks that a sentence names', () => {
  expect([...tasksIn('container task-12/3 started while task-1/2 was alive')]).toEqual([
    'task-12',
    'task-1',
  ]);
});
