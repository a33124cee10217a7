import { describe, expect, it } from 'vitest';
import { answerOfFailure } from '../../shared/aws/launch-call.ts';
import { isEnded } from '../../shared/core/task.ts';
import { sendOrder } from '../../shared/flows/send-order.ts';
import { cancelTask } from '../kit/cancel.ts';
import { minute, noCapacity, second } from '../kit/facts.ts';
import { gatedLaunches } from '../kit/gated-launches.ts';
import { newWorld, type World } from '../kit/world.ts';

/** Errors that RunTask throws: they concern this call only, and no token keeps them. */
const thrown: readonly (readonly [code: string, message: string])[] = [
  ['ClientException', 'Tasks provisioning capacity limit exceeded.'],
  ['ClientException', 'TaskDefinition is inactive'],
  ['InvalidParameterException', "The subnet ID 'subnet-0a1b2c3d' does not exist"],
  ['AccessDeniedException', 'User is not authorized to perform: ecs:RunTask'],
  ['ClusterNotFoundException', 'Cluster not found.'],
];

const refused = (code: string, message: string) => answerOfFailure({ code, message, status: 400 });
const inactive = refused('ClientException', 'TaskDefinition is inactive');

/** Two calls with one order at the same time: one sender has saved it, and a copy of the message finds it in the row. */
const twoUnderWay = async () => {
  const world = newWorld();
  const calls = gatedLaunches(world);
  world.submit('film-1');
  const first = world.dispatch();
  await calls.arrived(1);
  world.submit('film-1');
  const second = world.dispatch();
  await calls.arrived(2);
  return { world, calls, first, second };
};

const seesNoLiar = (world: World): void => {
  const row = world.row('film-1');
  if (row.phase === 'CANCELLED') expect(world.runs.living()).toEqual([]);
};

/** Sweeps until the row has ended, with every event of ECS lost. */
const sweptToItsEnd = async (world: World): Promise<void> => {
  for (let sweeps = 0; sweeps < 70 && !isEnded(world.row('film-1')); sweeps += 1) {
    await world.pass(minute);
    await world.sweep();
    seesNoLiar(world);
  }
};

describe.each(thrown)('while two calls for one launch are under way, %s (%s)', (code, message) => {
  it('as the answer to the second does not end the run: the first may still start its container', async () => {
    const { world, calls, first, second: again } = await twoUnderWay();
    calls.answer(2, refused(code, message));
    await again;
    expect(world.row('film-1')).toMatchObject({ phase: 'LAUNCHING', run: 1 });
    calls.letThrough(1);
    await first;
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', run: 1 });
    expect(world.launched().length).toBeLessThanOrEqual(1);
  });

  it('as the answer to the first does not end it either: the second may still start its container', async () => {
    const { world, calls, first, second: again } = await twoUnderWay();
    calls.answer(1, refused(code, message));
    await first;
    expect(world.row('film-1')).toMatchObject({ phase: 'LAUNCHING', run: 1 });
    calls.letThrough(2);
    await again;
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', run: 1 });
  });

  it('never makes a cancelled task CANCELLED before its container has ended', async () => {
    const { world, calls, first, second: again } = await twoUnderWay();
    await cancelTask(world, 'film-1');
    calls.answer(2, refused(code, message));
    await again;
    expect(world.row('film-1').phase).toBe('LAUNCHING');
    calls.letThrough(1);
    await first;
    expect(world.row('film-1').phase).toBe('STARTING');
    await sweptToItsEnd(world);
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED' });
    expect(world.runs.living()).toEqual([]);
  });

  it('does not end a launch whose earlier answer was lost: its container is found and stopped', async () => {
    const world = newWorld();
    const calls = gatedLaunches(world);
    world.submit('film-1');
    const first = world.dispatch();
    await calls.arrived(1);
    await calls.loseAnswer(1);
    await first;
    await cancelTask(world, 'film-1');
    await world.pass(minute);
    const sweep = world.sweep();
    await calls.arrived(2);
    calls.answer(2, refused(code, message));
    await sweep;
    seesNoLiar(world);
    calls.openAll();
    await sweptToItsEnd(world);
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED' });
    expect(world.runs.living()).toEqual([]);
  });
});

describe('a refusal that ECS keeps under the token', () => {
  it('ends the run permanently: ECS answers a later call in the same way', async () => {
    const { world, calls, first, second: again } = await twoUnderWay();
    await cancelTask(world, 'film-1');
    const reason = noCapacity;
    world.runs.setAvailability('FARGATE_SPOT', { is: 'closed', reason, seen: 'at once' });
    calls.letThrough(2);
    await again;
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED' });
    world.runs.setAvailability('FARGATE_SPOT', { is: 'open' });
    calls.letThrough(1);
    await first;
    expect(world.launched()).toEqual([]);
  });
});

describe('a refusal of the only call', () => {
  it('ends the run at once', async () => {
    const world = newWorld();
    const calls = gatedLaunches(world);
    world.submit('film-1');
    const first = world.dispatch();
    await calls.arrived(1);
    await cancelTask(world, 'film-1');
    calls.answer(1, inactive);
    await first;
    expect(world.row('film-1')).toMatchObject({ phase: 'CANCELLED' });
  });

  it('keeps a copy of the message, which has read the row before, from sending the order', async () => {
    const world = newWorld();
    const calls = gatedLaunches(world);
    world.submit('film-1');
    const first = world.dispatch();
    await calls.arrived(1);
    const stale = world.row('film-1');
    calls.answer(1, inactive);
    await first;
    if (stale.phase !== 'LAUNCHING') throw new Error(stale.phase);
    calls.openAll();
    await sendOrder(world.ports, stale, 'again');
    await world.pass(second);
    expect(world.launched()).toEqual([]);
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2 });
  });
});

describe('a container of an old run that starts late', () => {
  it('is stopped within two sweeps, with every event lost', async () => {
    const world = newWorld();
    const calls = gatedLaunches(world);
    world.submit('film-1');
    const first = world.dispatch();
    await calls.arrived(1);
    const launching = world.row('film-1');
    calls.answer(1, inactive);
    await first;
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2 });
    if (launching.phase !== 'LAUNCHING') throw new Error(launching.phase);
    await world.runs.launch(launching.launchOrder);
    await world.pass(3 * minute + second);
    expect(world.runs.living()).toHaveLength(1);
    for (let sweeps = 0; sweeps < 2; sweeps += 1) {
      await world.sweep();
      await world.pass(minute);
    }
    expect(world.runs.living()).toEqual([]);
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2 });
  });
});
