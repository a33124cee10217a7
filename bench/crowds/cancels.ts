import { fieldsOf, listOf } from '../../test/simulation/fields.ts';
import { percentile, rounded } from '../numbers.ts';
import { neighbourFaults } from './faults.ts';
import { mostASecond, neighboursAlone, neighboursOf, rateOf, waitFigures } from './figures.ts';
import type { Measured } from './measured.ts';
import { crowd } from './plan.ts';
import { type CrowdWorld, crowdWorld } from './world.ts';

const minute = 60_000;

/** Cancels this number of running tasks at once, each by a request of its own or a hundred in a request, while a neighbour sends tasks. */
export const measureCancels = async (
  count: number,
  seed: number,
  inRequest: number,
): Promise<Measured> => {
  const world = await crowdWorld(seed, { endless: 1 });
  const ids = Array.from({ length: count }, (_, n) => `crowd-${n}`);
  await launchEach(world, ids);
  const alone = await neighboursAlone(world);

  const begin = world.now();
  const neighbours = neighboursOf(world, 'beside');
  for (let from = 0; from < count; from += inRequest)
    world.ask({ ask: 'cancel', taskIds: ids.slice(from, from + inRequest) });
  world.ask({ ask: 'cancel', taskId: 'last' });
  const areCancelled = () => ids.every((id) => world.saidAt.has(id));
  let askedAfter = Number.NaN;
  let lastAfter = Number.NaN;
  await world.until(
    'every task is CANCELLED',
    () => {
      if (Number.isNaN(askedAfter) && ids.every((id) => isAsked(world.table.row(id))))
        askedAfter = (world.now() - begin) / 1_000;
      if (Number.isNaN(lastAfter) && world.table.row('last') !== undefined)
        lastAfter = (world.now() - begin) / 1_000;
      return areCancelled();
    },
    30 * minute + count * 200,
  );
  neighbours.end();
  await world.until('every neighbour runs', neighbours.hasAll, 10 * minute);

  const stops = world.calls.since(begin, 'StopTask');
  const refused = world.calls.since(begin, 'StopTask refused').length;
  const waitOf = (id: string): number => ((world.saidAt.get(id) ?? Number.NaN) - begin) / 1_000;
  const waits = neighbours.waits();
  const left = ids.filter((id) => world.table.row(id)?.phase?.S !== 'CANCELLED').length;
  return {
    figures: {
      cancelled: count,
      'in one request': inRequest,
      'all rows have it after s': rounded(askedAfter),
      'a cancel that came after all of them is done after s': rounded(lastAfter),
      'all CANCELLED after s': rounded(percentile(ids.map(waitOf), 100)),
      'median s': rounded(percentile(ids.map(waitOf), 50)),
      'StopTask calls': stops.length,
      'StopTask calls a second': rateOf(stops),
      'most in a second': mostASecond(stops),
      'refused StopTask': refused,
      'RunTask refused': world.calls.since(begin, 'RunTask refused').length,
      ...waitFigures(waits, alone),
      'failed invocations': world.failures.length,
    },
    faults: [
      ...(left === 0 ? [] : [`every task must be CANCELLED, but ${left} are not`]),
      ...neighbourFaults(waits, alone),
    ],
  };
};

/** Time between two launches, which ECS takes. */
const gapMs = 55;

/**
 * Lets all of these run. The first one by the functions; the others are launched by the same order, and get a row like that of the
 * first: ten thousand tasks would take the functions minutes of this machine's time.
 */
const launchEach = async (world: CrowdWorld, [first = '', ...others]: readonly string[]) => {
  const { timeline, tasks, cloud, calls } = world;
  const seen = await calls.watch(async () => {
    world.send(crowd, first);
    const isRunning = () => world.table.row(first)?.phase?.S === 'RUNNING';
    await world.until('the first task runs', isRunning, minute);
  });
  const order = fieldsOf(seen.calls.find(({ name }) => name === 'RunTask')?.input);
  const row = await tasks.read(first);
  if (row?.phase !== 'RUNNING') throw new Error('Expected the row of the first task.');
  const launch = async (taskId: string): Promise<void> => {
    const text = JSON.stringify({ ...order, clientToken: taskId }).replaceAll(
      `"${first}`,
      `"${taskId}`,
    );
    const outcome = cloud.perform('ecs', 'RunTask', JSON.parse(text), 'bench');
    const [task] = outcome.ok ? listOf(fieldsOf(outcome.output).tasks) : [];
    const { taskArn } = fieldsOf(task);
    if (typeof taskArn !== 'string') throw new Error(`ECS did not launch ${taskId}.`);
    await tasks.create({ ...row, taskId, ecsTaskArn: taskArn });
  };
  await world.withoutEvents(async () => {
    for (const taskId of others) {
      await launch(taskId);
      await timeline.runUntil(world.now() + gapMs);
    }
    await timeline.runUntil(world.now() + minute);
  });
};

type Item = ReturnType<Awaited<ReturnType<typeof crowdWorld>>['table']['row']>;

const isAsked = (item: Item): boolean =>
  item?.stopping !== undefined || item?.endedAt !== undefined;
