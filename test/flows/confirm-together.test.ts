import { expect, it } from 'vitest';
import { confirmTogether } from '../../shared/flows/confirm-together.ts';
import { minute } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { newWorld, type World } from '../kit/world.ts';

/** A world whose tool has a limit of 30, and where the runs of before were counted. */
const limited = async (): Promise<World> => {
  const world = newWorld({ spec: { maxRunning: 30 } });
  world.submit('first');
  await world.dispatch();
  await world.pass(minute);
  await world.sweep();
  await world.dispatch();
  return world;
};

/** Dispatches so many tasks in one batch, and answers which rows were confirmed after how many launches. */
const confirmedAt = async (world: World, tasks: number): Promise<ReadonlyMap<string, number>> => {
  const confirmed = new Map<string, number>();
  const { confirm } = world.ports.places;
  const before = world.launched().length;
  Object.assign(world.ports, {
    places: {
      ...world.ports.places,
      confirm: (...args: Parameters<typeof confirm>) => {
        confirmed.set(args[1].taskId, world.launched().length - before);
        return confirm(...args);
      },
    },
  });
  for (let n = 0; n < tasks; n += 1) world.submit(`task-${n}`);
  await world.dispatch().catch(() => undefined);
  return confirmed;
};

const namesIn = async (world: World): Promise<readonly string[]> =>
  ((await world.limits.read('limit/echo'))?.named ?? []).map(({ taskId }) => taskId);

it('confirms the places of a batch ten at a time, and the last ones at its end', async () => {
  const world = await limited();
  const confirmed = await confirmedAt(world, 13);
  expect([...confirmed.values()].filter((launched) => launched < 10)).toEqual([]);
  expect(confirmed.size).toBe(13);
  expect(await namesIn(world)).toEqual([]);
});

it('confirms a place although the batch goes back to its queue', async () => {
  const world = await limited();
  world.faults.failNext('tasks.create');
  const confirmed = await confirmedAt(world, 3);
  expect([...confirmed.keys()].toSorted()).toEqual(['task-1', 'task-2']);
  expect(await namesIn(world)).toEqual([]);
});

it('confirms nothing before there are ten places, or no more rows come', async () => {
  const { ports } = newWorld();
  const row = samples.LAUNCHING;
  if (row.phase !== 'LAUNCHING') throw new Error('the sample is not launching');
  const asked: string[] = [];
  const places = {
    ...ports.places,
    confirm: async (_name: string, { taskId }: { readonly taskId: string }) =>
      void asked.push(taskId),
  };
  const confirms = confirmTogether({ ...ports, places });
  const add = (n: number) => confirms.add({ ...row, taskId: `task-${n}`, place: 'limit/echo' });
  for (let n = 1; n < 10; n += 1) await add(n);
  expect(asked).toEqual([]);
  await add(10);
  expect(asked).toHaveLength(10);
  await add(11);
  expect(asked).toHaveLength(10);
  await confirms.finish();
  expect(asked.at(-1)).toBe('task-11');
});
