import { describe, expect, it } from 'vitest';
import { changesOf, itemOf } from '../../shared/aws/row.ts';
import type { DueKind } from '../../shared/core/due.ts';
import type { Task } from '../../shared/core/task.ts';
import { hour, minute, second } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { newWorld, type World } from '../kit/world.ts';

/** Rows that a Davit with one index for acts and outboxes wrote: they stay there until they are written again. */
const withOldIndex = (world: World, tasks: readonly Task[], oldKind: DueKind = 'act'): void => {
  for (const task of tasks) world.tasks.put(task);
  const old = new Map(tasks.map((task) => [task.taskId, task]));
  const { tasks: table } = world.ports;
  const written = new Set<string>();
  const save: typeof table.save = async (next, was) => {
    const saved = await table.save(next, was);
    if (saved.kind === 'saved') written.add(was.taskId);
    return saved;
  };
  const due: typeof table.due = async (kind, by, limit) => {
    const isOld = (taskId: string) => old.has(taskId) && !written.has(taskId);
    const found = await table.due(kind, by, Number.POSITIVE_INFINITY);
    const known = found.filter((taskId) => !isOld(taskId));
    const before = [...old.keys()].filter(isOld);
    return (kind === oldKind ? [...before, ...known] : known).slice(0, limit);
  };
  const swapped = new Proxy(table, {
    get: (target, key, receiver) =>
      key === 'save' ? save : key === 'due' ? due : Reflect.get(target, key, receiver),
  });
  Object.assign(world.ports, { tasks: swapped });
};

describe('rows of an older Davit with one index for everything', () => {
  it('lose no effect and no timeout, however many they are', async () => {
    const world = newWorld({ spec: { timeoutMs: 10 * minute } });
    world.submit('overdue');
    await world.dispatch();
    await world.pass(minute);
    await world.settle();
    const unannounced = samples['SUCCEEDED, not announced yet'];
    const outbox = unannounced.outbox.filter((one) => one.kind === 'notify' && one.to === 'bus');
    const old = Array.from({ length: 1_500 }, (_, n) => ({
      ...unannounced,
      outbox,
      taskId: `old-${n}`,
    }));
    withOldIndex(world, old);
    await world.pass(10 * minute);
    await world.settled(world.sweep());
    expect(world.row('overdue')).toMatchObject({ stopping: { why: 'timeout' } });
    await world.pass(minute);
    await world.settled(world.sweep());
    // The last one is the end of the film that ran too long.
    expect(world.busEvents).toHaveLength(1_501);
    expect(
      world.tasks.rows().filter((row) => row.phase === 'SUCCEEDED' && row.outbox.length > 0),
    ).toEqual([]);
  }, 60_000);

  it('keep the timeout of a run whose outbox cannot be sent', async () => {
    const world = newWorld({ spec: { timeoutMs: 2 * hour } });
    world.submit('film-1');
    await world.dispatch();
    world.broker.disconnect('connection refused');
    await world.pass(second);
    await world.settle();
    expect(world.row('film-1').outbox).toHaveLength(2);
    withOldIndex(world, [world.row('film-1')]);
    for (let sweeps = 0; sweeps < 14; sweeps += 1) {
      await world.pass(10 * minute);
      await world.settled(world.sweep());
    }
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', outcome: 'timeout' });
  });

  it('leave the index of outboxes when the older version has flushed theirs', async () => {
    const world = newWorld();
    withOldIndex(world, [samples.SUCCEEDED], 'effect');
    await world.settled(world.sweep());
    expect(await world.ports.tasks.due('effect', world.clock.now(), 10)).toEqual([]);
  });

  it('move to the right index with any write, even one that changes nothing', () => {
    const task = samples['SUCCEEDED, not announced yet'];
    const { set, remove } = changesOf(task, task);
    expect(set).toMatchObject({ outboxIn: expect.stringMatching(/^effect-\d$/) });
    expect(remove).toContain('dueIn');
    expect(itemOf(task)).not.toHaveProperty('dueIn');
    expect(changesOf(samples.RUNNING, samples.RUNNING).remove).toContain('outboxIn');
  });
});
