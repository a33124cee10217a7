import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonOf, launchableOf, remainsOf } from '../../shared/core/carry-over.ts';
import { step } from '../../shared/core/step.ts';
import { isEnded, type Phase, type Task } from '../../shared/core/task.ts';
import { rowSchema } from '../../shared/wire/row-schema.ts';
import { anyTask } from '../kit/arbitrary-task.ts';
import { seen } from '../kit/facts.ts';

/** The members of a row that another phase of the same task does not take over, and why. */
const notKept: Readonly<Record<string, string>> = {
  phase: 'it is what changes',
  rowVersion: 'it belongs to the stored row',
  outboxTrouble: 'every move sets it',
  eventsDropped: 'every move sets it',
  deferredUntil: 'every move sets it',
  place: 'it belongs to one run',
};

/** The members that a row of this phase may have. The compiler compares the schema with the type of the task. */
const membersOf = (phase: Phase): readonly string[] =>
  rowSchema.options.flatMap(({ entries }) => {
    const of = entries.phase;
    const isOf = 'literal' in of ? of.literal === phase : of.options.some((one) => one === phase);
    return isOf ? Object.keys(entries) : [];
  });

const inBoth = (a: Phase, b: Phase): readonly string[] =>
  membersOf(a).filter((name) => membersOf(b).includes(name) && !Object.hasOwn(notKept, name));

/** Tasks of each phase, with every optional member in some of them. */
const tasks: readonly Task[] = fc.sample(anyTask, { numRuns: 1000, seed: 1 });

const expectKept = (task: Task, next: object, names: readonly string[]): void => {
  const [was, is] = [task, next].map((row) => new Map<string, unknown>(Object.entries(row)));
  expect(
    names.filter((name) => !isDeepStrictEqual(was?.get(name), is?.get(name))),
    `a ${task.phase} row loses these members: add them in shared/core/carry-over.ts`,
  ).toEqual([]);
};

describe('a member of a row', () => {
  it('has a value in a generated task of its phase', () => {
    for (const phase of ['QUEUED', 'LAUNCHING', 'STARTING', 'RUNNING', 'FAILED'] as const) {
      const had = new Set(tasks.filter((one) => one.phase === phase).flatMap(Object.keys));
      const names = membersOf(phase).filter((name) => name !== 'rowVersion');
      expect(
        names.filter((name) => !had.has(name)),
        `${phase}: add it to test/kit/arbitrary-task.ts`,
      ).toEqual([]);
    }
  });

  it('of every row is kept when an ended task is queued again', () => {
    for (const task of tasks.filter(isEnded)) {
      const names = inBoth(task.phase, 'QUEUED').filter((name) => name !== 'release');
      expectKept(task, commonOf(task), names);
    }
  });

  it('that can be launched is kept when it is launched, and when it is queued again', () => {
    for (const task of tasks) {
      if (isEnded(task)) continue;
      const other = task.phase === 'QUEUED' ? 'LAUNCHING' : 'QUEUED';
      // A wait ends when the container runs.
      const names = inBoth(task.phase, other).filter(
        (name) => task.phase !== 'RUNNING' || name !== 'waitingNotice',
      );
      expectKept(task, launchableOf(task), names);
    }
  });

  it('that an ended row may have is kept at the end', () => {
    for (const task of tasks) expectKept(task, remainsOf(task), inBoth(task.phase, 'FAILED'));
  });

  it('of a run is kept when ECS accepts the run, and when its container runs', () => {
    const changed = ['ecsVersion', 'missingSince', 'stopping', 'revision', 'updatedAt'];
    const stamped = ['outbox', 'outboxSince', 'setbacks', 'waitingNotice', ...changed];
    for (const task of tasks) {
      if (task.phase !== 'LAUNCHING' && task.phase !== 'STARTING') continue;
      const of = task.phase === 'STARTING' ? { ecsTaskArn: task.ecsTaskArn } : {};
      const fact = seen(task.run, { ...of, ecsVersion: 2e9 });
      const answer = step(task, fact, task.updatedAt + 1);
      if (answer.kind === 'ignored') throw new Error(answer.why);
      const names = inBoth(task.phase, 'RUNNING').filter((name) => !stamped.includes(name));
      expectKept(task, answer.task, names);
    }
  });
});
