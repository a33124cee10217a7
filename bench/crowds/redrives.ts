import { percentile, rounded } from '../numbers.ts';
import { launchFaults, neighbourFaults } from './faults.ts';
import { mostASecond, neighboursAlone, neighboursOf, rateOf, waitFigures } from './figures.ts';
import type { Measured } from './measured.ts';
import { crowd } from './plan.ts';
import { crowdWorld } from './world.ts';

const minute = 60_000;

/** Redrives this number of failed tasks at once, a hundred in a request as the CLI does, while a neighbour sends tasks. */
export const measureRedrives = async (count: number, seed: number): Promise<Measured> => {
  const world = await crowdWorld(seed, { failures: 1, exitCodes: [65] });
  const ids = Array.from({ length: count }, (_, n) => `crowd-${n}`);
  for (const id of ids) world.send(crowd, id);
  const areDead = () => ids.every((id) => world.saidAt.has(id));
  await world.until('every task fails', areDead, 10 * minute + count * 200);
  await world.timeline.runUntil(world.now() + 2 * minute);
  const alone = await neighboursAlone(world);
  // Just after a sweep, so that those for which the sweep rings wait longest.
  await world.timeline.runUntil(Math.ceil(world.now() / minute) * minute + 5_000);

  const begin = world.now();
  const neighbours = neighboursOf(world, 'beside');
  for (let from = 0; from < count; from += 100)
    world.ask({
      ask: 'redrive',
      tasks: ids.slice(from, from + 100).map((taskId) => ({ taskId, run: 1 })),
    });
  const waitOf = (id: string): number =>
    ((world.startedAt.get(`${id}/2`) ?? Number.NaN) - begin) / 1_000;
  const isRunning = () => ids.every((id) => world.startedAt.has(`${id}/2`));
  await world.until('every redriven task runs', isRunning, 10 * minute + count * 200);
  neighbours.end();
  await world.until('every neighbour runs', neighbours.hasAll, 10 * minute);

  const launches = world.calls.since(begin, 'RunTask');
  const rings = world.doorbells.filter(({ at }) => at >= begin).map(({ at }) => at);
  const dynamodb = world.calls.since(begin, 'GetItem', 'PutItem', 'UpdateItem', 'Query');
  const writes = world.calls.since(begin, 'PutItem', 'UpdateItem');
  const ssm = world.calls.since(begin, 'GetParameters', 'GetParametersByPath');
  const waits = neighbours.waits();
  return {
    figures: {
      redriven: count,
      'all run after s': rounded(percentile(ids.map(waitOf), 100)),
      'median s': rounded(percentile(ids.map(waitOf), 50)),
      'run within 20 s': ids.filter((id) => waitOf(id) <= 20).length,
      'the last doorbell after s': rounded((Math.max(...rings) - begin) / 1_000),
      'RunTask calls': launches.length,
      'RunTask calls a second': rateOf(launches),
      'most in a second': mostASecond(launches),
      'refused RunTask': world.calls.since(begin, 'RunTask refused').length,
      'DynamoDB calls a task': rounded(dynamodb.length / count, 1),
      'most DynamoDB calls in a second': mostASecond(dynamodb),
      'most writes of rows in a second': mostASecond(writes),
      'SSM calls': ssm.length,
      'most SSM calls in a second': mostASecond(ssm),
      ...waitFigures(waits, alone),
      'failed invocations': world.failures.length,
    },
    faults: [...launchFaults(launches), ...neighbourFaults(waits, alone)],
  };
};
