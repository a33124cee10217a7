import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reservedWords } from '../../models/dynamodb/reserved-words.ts';
import { attributeNames, changesOf, itemOf, unknownNames } from '../../shared/aws/row.ts';
import { due, ownDue } from '../../shared/core/due.ts';
import { outboxDue } from '../../shared/core/outbox-due.ts';
import { step } from '../../shared/core/step.ts';
import { isEnded } from '../../shared/core/task.ts';
import { taskOf } from '../../shared/wire/row.ts';
import { move } from '../kit/arbitrary-move.ts';
import { withStrangeFields } from '../kit/arbitrary-strange.ts';
import { anyTask } from '../kit/arbitrary-task.ts';
import { start } from '../kit/facts.ts';
import { factOf } from '../kit/histories.ts';
import { samples } from '../kit/samples.ts';

const derived = [
  'dueAt',
  'dueIn',
  'outboxAt',
  'outboxIn',
  'waitingFor',
  'waitingSince',
  'expiresAt',
];

describe('a row of the task table', () => {
  test('gives back the task that was written', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        expect(taskOf(unmarshall(marshall(itemOf(task))))).toEqual(task);
      }),
      { numRuns: 500 },
    );
  });

  test('stores an event under the word of the first release, and reads it back', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const stored = task.outbox.map((effect) => {
          if (effect.kind === 'count') return 'free';
          if (effect.kind !== 'notify') return effect.kind;
          return effect.what === 'waiting' ? 'free' : 'tell';
        });
        expect(itemOf(task).outbox).toMatchObject(stored.map((kind) => ({ kind })));
      }),
    );
    const ended = samples['SUCCEEDED, not announced yet'];
    expect(itemOf(ended).outbox).toMatchObject([
      { kind: 'tell', id: 'film-1/1/event.succeeded', run: 1, to: 'event', what: 'succeeded' },
      { kind: 'tell', id: 'film-1/1/reply.succeeded', run: 1, to: 'reply', what: 'succeeded' },
      { kind: 'tell', id: 'film-1/1/bus.succeeded', run: 1, to: 'bus', what: 'succeeded' },
    ]);
    expect(taskOf(unmarshall(marshall(itemOf(ended))))).toEqual(ended);
  });

  test('has no attribute beyond the list, and uses all of the list', () => {
    const used = new Set(['writeId']);
    for (const task of fc.sample(anyTask, { numRuns: 2000, seed: 1 })) {
      for (const name of Object.keys(itemOf(task))) used.add(name);
    }
    expect([...used].sort()).toEqual([...attributeNames].sort());
  });

  test('needs no reserved word of DynamoDB', () => {
    expect(reservedWords.size).toBe(573);
    expect(attributeNames.filter((name) => reservedWords.has(name.toUpperCase()))).toEqual([]);
  });

  test('has exactly its declared attributes and parts, whatever else a fact contained', () => {
    fc.assert(
      fc.property(fc.option(anyTask, { nil: undefined }), move, fc.nat(), (was, next, later) => {
        const now = (was?.updatedAt ?? start) + later;
        const fact = factOf(next, was, now);
        const plain = step(was, fact, now);
        const answer = step(was, withStrangeFields(fact), now);
        expect(answer.kind).toBe(plain.kind);
        if (answer.kind === 'ignored' || plain.kind === 'ignored') return;
        const item = itemOf(answer.task);
        expect(Object.keys(item).filter((name) => !attributeNames.includes(name))).toEqual([]);
        expect(item).toEqual(itemOf(plain.task));
        expect(taskOf(unmarshall(marshall(item)))).toEqual(plain.task);
        if (!was) return;
        const { set, remove } = changesOf(answer.task, was);
        const stored: Record<string, unknown> = { ...itemOf(was), ...set };
        for (const name of remove) delete stored[name];
        expect(stored).toEqual(item);
      }),
      { numRuns: 3000 },
    );
  });

  test('leaves out what is not declared in the type of its task', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const strange = { ...task, status: 'RUNNING', startedBy: 'film-1/1', canary: 1 };
        expect(itemOf(strange)).toEqual(itemOf(task));
      }),
    );
  });

  test('is due exactly when its task is', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const item = itemOf(task);
        const next = due(task);
        expect(item.dueAt).toBe(next && new Date(next.at).toISOString());
        expect(item.waitingFor).toBe(next?.why);
        const own = ownDue(task);
        if (own) expect(item.dueIn).toMatch(new RegExp(`^${own.kind}-[0-7]$`));
        else expect(item.dueIn).toBeUndefined();
        const outbox = outboxDue(task);
        expect(item.outboxAt).toBe(outbox && new Date(outbox.at).toISOString());
        if (outbox) expect(item.outboxIn).toMatch(new RegExp(`^${outbox.kind}-[0-7]$`));
        else expect(item.outboxIn).toBeUndefined();
      }),
    );
  });

  test('expires 90 days after its end, or 14 when it never was a task, and not before its outbox is empty', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const endedS = isEnded(task) ? Math.floor(task.endedAt / 1000) : 0;
        const neverWas = isEnded(task) && (task.tombstone || task.phase === 'REJECTED');
        const days = neverWas ? 14 : 90;
        const over = isEnded(task) && task.outbox.length === 0;
        expect(itemOf(task).expiresAt).toBe(over ? endedS + days * 86_400 : undefined);
      }),
    );
  });

  test('sorts waiters of a tenant by age, ten minutes for each step of priority', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const waits = task.phase === 'QUEUED' ? task.hold : undefined;
        // A row that has a time of its own, or was rung, does not wait for its gate.
        const isRung = task.phase === 'QUEUED' && task.rungAt !== undefined;
        const isWaiter = waits !== undefined && waits.opensAt === undefined && !isRung;
        const age = new Date(task.queuedAt - task.priority * 600_000).toISOString();
        const { heldBy, waitingSince } = itemOf(task);
        expect(heldBy).toBe(waits?.by);
        expect(waitingSince).toBe(isWaiter ? `${task.tenant}#${age}` : undefined);
      }),
    );
  });

  test('spreads over all partitions of the due index', () => {
    const [task] = fc.sample(
      anyTask.filter((one) => due(one)?.kind === 'ring'),
      { numRuns: 1, seed: 1 },
    );
    if (!task) throw new Error('No sample of a task with a ring');
    const shards = Array.from(
      { length: 800 },
      (_, at) => itemOf({ ...task, taskId: `t-${at}` }).dueIn,
    );
    const counts = [...new Set(shards)].map(
      (shard) => shards.filter((one) => one === shard).length,
    );
    expect(counts).toHaveLength(8);
    expect(Math.min(...counts)).toBeGreaterThan(50);
  });

  test('changes exactly what the step changed', () => {
    fc.assert(
      fc.property(anyTask, anyTask, (was, other) => {
        const next = { ...other, taskId: was.taskId };
        const { set, remove } = changesOf(next, was);
        const merged: Record<string, unknown> = { ...itemOf(was), foreign: 1, ...set };
        for (const name of remove) delete merged[name];
        expect(merged).toEqual({ ...itemOf(next), foreign: 1 });
      }),
    );
  });

  test('is written only where it differs: neither the payload nor the spec is sent again', () => {
    fc.assert(
      fc.property(anyTask, (was) => {
        const { set } = changesOf(
          { ...was, revision: was.revision + 1, setbacks: was.setbacks },
          was,
        );
        const moved = Object.keys(set).filter((name) => !derived.includes(name));
        expect(moved).toEqual(['revision']);
      }),
    );
  });

  test('writes again at each write when it is due, also where older code derived another time', () => {
    fc.assert(
      fc.property(anyTask, (was) => {
        const next = { ...was, revision: was.revision + 1 };
        const { set, remove } = changesOf(next, was);
        const saidIf = (has: unknown) => (has ? Object.keys(set) : remove);
        expect(saidIf(due(next))).toEqual(expect.arrayContaining(['dueAt', 'waitingFor']));
        expect(saidIf(ownDue(next))).toContain('dueIn');
        expect(saidIf(outboxDue(next))).toEqual(expect.arrayContaining(['outboxAt', 'outboxIn']));
      }),
    );
  });

  test('never reads what an earlier run has said, although an older Davit left it there', () => {
    const running = samples.RUNNING;
    const next = { ...running, revision: running.revision + 1, resultMissing: 'it printed none' };
    const left = { toolResult: '{"of":1}', resultAt: '2026-11-24T14:00:00.000Z', resultRun: 0 };
    const stored: Record<string, unknown> = { ...itemOf(running), ...left };
    expect(taskOf(stored)).not.toHaveProperty('result');
    const { set, remove } = changesOf(next, taskOf(stored));
    const merged: Record<string, unknown> = { ...stored, ...set };
    for (const name of remove) delete merged[name];
    expect(taskOf(merged)).toEqual(next);
    expect(new Set(remove).size).toBe(remove.length);
  });

  test('removes no attribute twice, which DynamoDB refuses', () => {
    fc.assert(
      fc.property(anyTask, anyTask, (was, other) => {
        const { remove } = changesOf({ ...other, taskId: was.taskId }, was);
        expect(new Set(remove).size).toBe(remove.length);
      }),
    );
  });

  test('keeps what a newer Davit has put into its parts', () => {
    const parts = [
      'runs',
      'outbox',
      'outboxTrouble',
      'eventsDropped',
      'repliesGivenUp',
      'launchOrder',
      'doubt',
      'stopping',
      'held',
      'endpoint',
    ];
    const newer = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? { ...value, canary: { color: 'yellow' } }
        : value;
    fc.assert(
      fc.property(anyTask, (task) => {
        const item = itemOf(task);
        for (const name of parts.filter((one) => one in item)) {
          const part = item[name];
          item[name] = Array.isArray(part) ? part.map(newer) : newer(part);
        }
        const again = itemOf(taskOf(item));
        for (const name of parts) expect(again[name]).toEqual(item[name]);
      }),
    );
  });

  test('names the attributes that this version does not know', () => {
    expect(unknownNames({ taskId: 't', phase: 'QUEUED', canary: 'x' })).toEqual(['canary']);
  });

  test('that was broken by hand is named, with the attribute and what was expected', () => {
    const [task] = fc.sample(anyTask, 1);
    if (!task) throw new Error('No sample of a task');
    const item = { ...itemOf(task), taskId: 't-1', createdAt: 'yesterday' };
    expect(() => taskOf(item)).toThrow(/Row t-1 cannot be read: createdAt: .*"yesterday"/);
    expect(() => taskOf({ ...itemOf(task), rowVersion: 2 })).toThrow(/rowVersion.*newer Davit/);
  });
});
