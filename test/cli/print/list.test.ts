import { describe, expect, test } from 'vitest';
import { backlogLine, listLines } from '../../../cli/print/list.ts';
import { columnsOf } from '../../../cli/print/text.ts';
import type { Listed } from '../../../shared/wire/listed.ts';
import { at, start } from '../tasks.ts';

const rows: readonly Listed[] = [
  {
    taskId: 'film-42',
    phase: 'RUNNING',
    tenant: 'default',
    createdAt: start,
    updatedAt: at(4),
    run: 2,
    attempts: 1,
    tool: 'transcoder',
    version: '1.0.0',
    placement: 'cpu',
    startedAt: at(4),
    waitingFor: 'run 2 runs since 04:12:04 UTC; stopped after 1 h',
  },
  {
    taskId: 'x-3f29a5c1d0e84b7796f1',
    phase: 'REJECTED',
    tenant: 'default',
    createdAt: at(1),
    updatedAt: at(1),
    run: 0,
    attempts: 0,
    endedAt: at(1),
    outcome: 'rejected',
    reason: 'The body must be a JSON object, but it is not JSON.',
  },
];

describe('a list of tasks', () => {
  test('has complete cells and absolute times without a screen', () => {
    expect(listLines(rows, { colours: false }, at(10))).toEqual([
      'TASK                    PHASE     TOOL        VERSION  RUN  PLACEMENT  CREATED                 RAN  WHAT',
      'film-42                 RUNNING   transcoder  1.0.0      2  cpu        2026-11-24T04:12:00Z  6.0 s  run 2 runs since 04:12:04 UTC; stopped after 1 h',
      'x-3f29a5c1d0e84b7796f1  REJECTED  -           -          0  -          2026-11-24T04:12:01Z      -  The body must be a JSON object, but it is not JSON.',
    ]);
  });

  test.each([80, 40, 20])('takes at most %i columns of a terminal', (width) => {
    const lines = listLines(rows, { colours: false, columns: width }, at(10));
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(width);
  });

  test('fits a terminal of 80 columns, with ages', () => {
    expect(listLines(rows, { colours: false, columns: 80 }, at(10))).toEqual([
      'TASK          PHASE     TOOL       VERSION  RUN   AGE  WHAT',
      'film-42       RUNNING   tran…oder  1.0.0      2  10 s  run 2 runs since 04:12:0…',
      'x-3f29…796f1  REJECTED  -          -          0   9 s  The body must be a JSON …',
    ]);
  });
});

test.each([
  [0, 'No message waits in davit.tasks.'],
  [1, '1 message waits in davit.tasks.'],
  [17, '17 messages wait in davit.tasks.'],
])('a sentence says that the backlog is %i', (ready, sentence) => {
  expect(backlogLine(ready)).toBe(sentence);
});

test.each([
  [0, ''],
  [1, ' 1 doorbell waits in davit.doorbells.'],
  [5, ' 5 doorbells wait in davit.doorbells.'],
])('a second sentence says that there are doorbells, if there are (%i)', (doorbells, second) => {
  expect(backlogLine(0, doorbells)).toBe(`No message waits in davit.tasks.${second}`);
});
