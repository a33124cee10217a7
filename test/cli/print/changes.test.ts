import { describe, expect, test } from 'vitest';
import { changeLines } from '../../../cli/print/change-lines.ts';
import { changesOf } from '../../../cli/print/changes.ts';
import type { Task } from '../../../shared/core/task.ts';
import { at, ended, queued, release, running, runRecord, starting } from '../tasks.ts';

const linesFor = (was: Task | undefined, is: Task): readonly string[] =>
  changesOf(was, is).flatMap((change) => changeLines(change, { colours: false }));

describe('the lines of a task that is followed', () => {
  test('the first read prints that the message was taken, and the present state', () => {
    expect(linesFor(undefined, queued())).toEqual(['04:12:00  QUEUED     taken from davit.tasks']);
    expect(linesFor(undefined, starting())).toEqual([
      '04:12:00  QUEUED     taken from davit.tasks',
      '04:12:02  STARTING   ECS has accepted run 1',
    ]);
  });

  test('each phase is printed once', () => {
    expect(linesFor(queued(), starting())).toEqual(['04:12:02  STARTING   ECS has accepted run 1']);
    expect(linesFor(starting(), starting({ revision: 9 }))).toEqual([]);
  });

  test('a run that started and ended between two reads is printed completely', () => {
    expect(linesFor(starting(), ended({ result: '{"seconds":10}' }))).toEqual([
      '04:12:04  RUNNING    run 1 runs on cpu',
      '04:12:20  SUCCEEDED  run 1 ended after 16.0 s: succeeded, exit 0',
      '04:12:20  SUCCEEDED  succeeded: {"seconds":10}',
    ]);
  });

  test('the end is printed once, unless the task has another reason than its last run', () => {
    const last = runRecord({ verdict: 'tool', why: 'exit 65', exitCode: 65 });
    const failed = { phase: 'FAILED', outcome: 'exit 65', runs: [last] } as const;
    expect(linesFor(running(), ended({ ...failed, reason: 'exit 65' }))).toEqual([
      '04:12:20  FAILED     run 1 ended after 16.0 s: failed (the tool), exit 65',
    ]);
    expect(linesFor(running(), ended({ ...failed, reason: 'no attempt is left' }))).toEqual([
      '04:12:20  FAILED     run 1 ended after 16.0 s: failed (the tool), exit 65',
      '04:12:20  FAILED     no attempt is left',
    ]);
    const rejected = ended({ phase: 'REJECTED', runs: [], reason: 'no such tool' });
    expect(linesFor(queued(), rejected)).toEqual(['04:12:20  REJECTED   no such tool']);
  });

  test('the start of a run is printed once', () => {
    expect(linesFor(running(), ended())[0]).toBe(
      '04:12:20  SUCCEEDED  run 1 ended after 16.0 s: succeeded, exit 0',
    );
  });

  test('a retry names what failed and the time of the next attempt', () => {
    const failed = runRecord({ verdict: 'tool', why: 'exit 75', exitCode: 75 });
    const waits = queued({
      release,
      run: 2,
      attempts: 1,
      runs: [failed],
      notBefore: at(30),
      updatedAt: at(20),
    });
    expect(linesFor(running(), waits)).toEqual([
      '04:12:20  QUEUED     run 1 ended after 16.0 s: failed (the tool), exit 75',
      '04:12:20  QUEUED     attempt 2 of 3 after exit 75, at 04:12:30 UTC',
    ]);
  });

  test('a hold is printed when it begins, and again only when it changes', () => {
    const held = queued({
      hold: { by: 'tool/t', why: 't is paused', since: at(1) },
      updatedAt: at(1),
    });
    expect(linesFor(queued(), held)).toEqual([
      '04:12:01  QUEUED     t is paused; asked again when that changes',
    ]);
    expect(linesFor(held, { ...held, revision: 2 })).toEqual([]);
  });

  test('the stop of a run is printed once', () => {
    const stops = running({ stopping: { why: 'timeout', at: at(9), askedAt: at(9) } });
    expect(linesFor(running(), stops)).toEqual([
      '04:12:09  RUNNING    run 1 is being stopped: timeout',
    ]);
    expect(linesFor(stops, stops)).toEqual([]);
  });
});
