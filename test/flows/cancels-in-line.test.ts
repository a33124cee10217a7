import { expect, it } from 'vitest';
import { callPaceOf, stopRate } from '../../shared/flows/call-pace.ts';
import { answerAll } from '../../shared/flows/control.ts';
import { asksOf } from '../../shared/wire/control-request.ts';
import { submissionOf } from '../../shared/wire/message.ts';
import { minute, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

/** A world where so many tasks run. */
const running = async (count: number): Promise<{ world: World; ids: readonly string[] }> => {
  const world = newWorld();
  const ids = Array.from({ length: count }, (_, n) => `film-${n}`);
  for (let n = 0; n < count; n += 20) {
    for (const id of ids.slice(n, n + 20)) world.submit(id);
    await world.settled(world.dispatch());
    await world.clock.advance(second);
  }
  return { world, ids };
};

/** Cancels these tasks by a message each, as one environment of `control` does it: ten messages in a batch, one batch after the other. */
const cancelEach = async (world: World, ids: readonly string[]): Promise<void> => {
  const { ports, clock } = world;
  const pace = callPaceOf(clock, stopRate);
  const stop = async (arn: string, why: string): Promise<void> => {
    await pace.next();
    await ports.runs.stop(arn, why);
  };
  const paced = { ...ports, runs: { ...ports.runs, stop }, submissionOf, stopPace: pace };
  for (let n = 0; n < ids.length; n += 10) {
    const messages = ids.slice(n, n + 10).map((taskId) => ({
      basicProperties: {},
      data: Buffer.from(JSON.stringify({ ask: 'cancel', taskId })).toString('base64'),
    }));
    const read = asksOf({ rmqMessagesByQueue: { 'davit.control::/': messages } }, 'reply.');
    if (!('queued' in read)) throw new Error('expected messages of davit.control');
    await world.settled(answerAll(paced, read.queued));
  }
};

const leftStops = (world: World, ids: readonly string[]): readonly string[] =>
  ids.filter((id) => world.row(id).outbox.some(({ kind }) => kind === 'stop'));

it('does a request within a second that comes after a crowd of cancels of running tasks', async () => {
  const { world, ids } = await running(160);
  const begin = world.clock.now();
  await cancelEach(world, ids);
  expect(world.clock.now() - begin).toBeLessThan(second);
  expect(ids.filter((id) => !('stopping' in world.row(id)))).toEqual([]);
});

it('asks at once for the first stops of a crowd, and the next sweep asks for the others', async () => {
  const { world, ids } = await running(100);
  await cancelEach(world, ids);
  expect(leftStops(world, ids)).toHaveLength(100 - stopRate.burst);
  await world.pass(10 * second);
  await world.settled(world.sweep());
  expect(leftStops(world, ids)).toEqual([]);
  await world.pass(minute);
  await world.settle();
  expect(ids.filter((id) => world.row(id).phase !== 'CANCELLED')).toEqual([]);
});
