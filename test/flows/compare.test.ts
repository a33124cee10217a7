import { describe, expect, it } from 'vitest';
import { minute, second } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { startBehind } from '../kit/start-behind.ts';
import { newWorld, type World } from '../kit/world.ts';

/** As many tasks that are running by ECS and by the table. */
const running = async (
  count: number,
  options: Parameters<typeof newWorld>[0] = {},
): Promise<World> => {
  const world = newWorld({ ...options, ecs: { throttled: false } });
  const release = world.registered('1.0.0');
  const sample = samples.RUNNING;
  if (sample.phase !== 'RUNNING') throw new Error(`it is ${sample.phase}`);
  const now = world.clock.now();
  for (let film = 0; film < count; film += 1) {
    const taskId = `film-${film}`;
    const ecsTaskArn = await startBehind(world, `${taskId}/1`, release);
    const times = { createdAt: now, queuedAt: now, acceptedAt: now, startedAt: now };
    const task = {
      ...sample,
      ...times,
      taskId,
      release,
      ecsTaskArn,
      ecsVersion: 1,
      updatedAt: now,
    };
    world.tasks.put({ ...task, outbox: [] });
  }
  await world.pass(second);
  world.runs.takeEvents();
  return world;
};

type Describe = World['ports']['runs']['describe'];

/** Intercepts DescribeTasks. Answers the list of the ARNs that each later call asks for. */
const withDescribe = (world: World, before: (arns: readonly string[]) => Promise<void>) => {
  const asked: (readonly string[])[] = [];
  const { runs } = world.ports;
  const describe: Describe = async (arns) => {
    asked.push(arns);
    await before(arns);
    return runs.describe(arns);
  };
  Object.assign(world.ports, { runs: { ...runs, describe } });
  return asked;
};

const endAll = (world: World): void => {
  for (const { arn } of world.runs.living()) world.runs.exit(arn, 0);
  world.runs.takeEvents();
};

const ended = (world: World): number =>
  world.phases().filter((phase) => phase === 'SUCCEEDED').length;

describe('the comparison of table and cluster', () => {
  it('uses the answers of the other calls when ECS refuses one of them', async () => {
    const world = await running(250);
    const refused = world.arnOf('film-0');
    endAll(world);
    const asked = withDescribe(world, async (arns) => {
      if (arns.includes(refused)) throw new Error('ThrottlingException: Rate exceeded');
    });
    await world.pass(minute);
    await world.settled(world.sweep());
    expect(ended(world)).toBeGreaterThanOrEqual(150);
    expect(Math.max(...asked.map((arns) => arns.length))).toBe(100);
    expect(world.row('film-0')).not.toHaveProperty('missingSince');
    expect(world.count('SweepSetbacks')).toBeGreaterThan(0);
  });

  it('goes on in the next sweep where this one stopped', async () => {
    const world = await running(600);
    const asked = withDescribe(world, () => world.clock.wait(41 * second));
    await world.pass(minute);
    const seen: Set<string>[] = [];
    for (let sweeps = 0; sweeps < 4; sweeps += 1) {
      const before = asked.length;
      await world.settled(world.sweep());
      seen.push(new Set(asked.slice(before).flat()));
      await world.pass(20 * second);
    }
    const [first = new Set()] = seen;
    expect(first.size).toBeGreaterThan(0);
    expect(first.size).toBeLessThan(600);
    const next = seen.slice(1).find((arns) => arns.size > 0) ?? new Set();
    expect([...next].filter((arn) => first.has(arn))).toEqual([]);
    expect(new Set(seen.flatMap((arns) => [...arns])).size).toBe(600);
  });

  it('starts from the beginning when its place was lost', async () => {
    const world = await running(300);
    endAll(world);
    world.faults.failNext('place.read');
    await world.pass(minute);
    await world.settled(world.sweep());
    expect(ended(world)).toBe(300);
  });

  it('finds ECS tasks without a row even when the rows alone would fill every sweep', async () => {
    const world = await running(600);
    await startBehind(world, 'film-1/1');
    withDescribe(world, () => world.clock.wait(41 * second));
    await world.pass(4 * minute);
    for (let sweeps = 0; sweeps < 4; sweeps += 1) {
      await world.settled(world.sweep());
      await world.pass(20 * second);
    }
    expect(world.count('GhostsStopped')).toBe(1);
  });

  it('takes a run for lost when ECS does not know it twice, five minutes apart, though each sweep compares only a part', async () => {
    const world = await running(600);
    const gone = world.arnOf('film-599');
    const { runs } = world.ports;
    const looks: number[] = [];
    const describe: Describe = async (arns) => {
      await world.clock.wait(41 * second);
      const answer = await runs.describe(arns.filter((arn) => arn !== gone));
      if (!arns.includes(gone)) return answer;
      looks.push(world.clock.now());
      return { ...answer, missing: [gone] };
    };
    Object.assign(world.ports, { runs: { ...runs, describe } });
    await world.pass(minute);
    const isLost = async () => (await world.tasks.read('film-599'))?.run === 1;
    for (let sweeps = 0; sweeps < 15 && (await isLost()); sweeps += 1) {
      await world.settled(world.sweep());
      await world.pass(20 * second);
    }
    expect(world.row('film-599')).toMatchObject({ run: 2, reclaims: 1 });
    const counted = looks.findLast((at) => at >= (looks[0] ?? 0) + 5 * minute);
    expect(counted).toBeDefined();
    expect(looks.length).toBeGreaterThanOrEqual(2);
  });
});

describe('rows that are due', () => {
  it('are described by ECS a hundred in a call', async () => {
    const world = await running(150, { spec: { timeoutMs: 10 * minute } });
    const asked = withDescribe(world, async () => {});
    await world.pass(11 * minute);
    await world.settled(world.sweep());
    expect(world.faults.calls.filter((call) => call === 'runs.stop')).toHaveLength(150);
    expect(asked.length).toBeLessThanOrEqual(4);
  });
});
