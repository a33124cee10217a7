import { cloudOf } from './cloud.ts';
import { crashPointsOf } from './crash-points.ts';
import { happen } from './happen.ts';
import { type FlowName, sentenceOf } from './happening.ts';
import { lambdaOf } from './lambda.ts';
import type { LiveWorld } from './live-world.ts';
import { rabbitOf } from './rabbit.ts';
import { settleQueueOf } from './settle-queue.ts';
import { newWorld, type World, type WorldOptions } from './world.ts';

const second = 1_000;
const minute = 60_000;
const flows: readonly FlowName[] = ['dispatch', 'settle', 'sweep', 'release', 'control', 'play'];

/** Builds the world of a plan, with everything that will happen in it on its timeline. */
export const openWorld = (options: WorldOptions): LiveWorld => {
  const world = newWorld(options);
  const { timeline, plan } = world;
  const settleQueue = settleQueueOf(world);
  const rabbit = rabbitOf(world);
  // The rules in serverless.yml start release, and sweep.
  const cloud = cloudOf(
    world,
    settleQueue.send,
    () => timeline.at(timeline.now() + second, () => lambda.invoke('release', {})),
    (name) =>
      timeline.at(timeline.now() + second, () =>
        lambda.invoke('sweep', { source: 'aws.ssm', detail: { name } }),
      ),
  );
  const lambda = lambdaOf(world, {
    perform: cloud.perform,
    post: rabbit.post,
    crashPoints: crashPointsOf(world),
  });
  const live: LiveWorld = { ...world, cloud, rabbit, lambda, settleQueue };

  const deploy = (to: 'current' | 'previous'): void => {
    const chance = world.chance('deployment');
    for (const flow of flows) {
      timeline.at(timeline.now() + chance.whole(0, minute), () => {
        world.generations.set(flow, (world.generations.get(flow) ?? 1) + 1);
        world.deployed.set(flow, options[to]);
        lambda.replace(flow);
      });
    }
  };

  lambda.invoke('release', {});
  timeline.at(plan.start + 900, () => {
    rabbit.start(lambda);
    settleQueue.start(lambda);
    cloud.toolLogs.start(lambda);
  });
  everyMinute(live, 5, () => {
    if (!isQuiet(live) || isNth(live, 30)) lambda.invoke('release', {});
  });
  const skipping = world.chance('schedule');
  everyMinute(live, 1, () => {
    if (!world.isCalm() && skipping.is(plan.traits.sweepsSkipped)) return;
    if (needsSweep(live)) lambda.invoke('sweep', {});
  });
  for (const happening of plan.happenings) {
    timeline.at(happening.at, () => {
      world.note(() => `** ${sentenceOf(happening)}`);
      world.count(`happening ${happening.kind}`);
      happen(live, happening, deploy);
    });
  }
  for (const { at, since } of plan.happenings.filter((one) => one.kind === 'restore')) {
    timeline.at(since, () => {
      const restore = cloud.backUp();
      timeline.at(at, () => restore(lambda.endAll()));
    });
  }
  timeline.at(plan.calmAt, () => {
    world.note(() => '** the world calms down');
    calm(live, deploy);
  });
  return live;
};

const everyMinute = ({ timeline, plan }: World, minutes: number, what: () => void): void => {
  const next = (at: number): void =>
    timeline.at(at, () => {
      what();
      next(at + minutes * minute);
    });
  next(plan.start + minutes * minute);
};

/** Few worlds are longer. */
const longMs = 6 * 60 * minute;

/**
 * A sweep without due rows only compares table and cluster; two in three of these are skipped, because they rarely change a row
 * and would be most of a world.
 */
const needsSweep = (live: LiveWorld): boolean => {
  const { cloud, timeline } = live;
  const now = new Date(timeline.now() + 10_000).toISOString();
  const isDue = cloud
    .items()
    .some(({ dueAt, outboxAt }) => (dueAt?.S ?? '~') <= now || (outboxAt?.S ?? '~') <= now);
  return isDue || isNth(live, isQuiet(live) ? 30 : 3);
};

/** A day has so many minutes that most of those in which no container lives are skipped. */
const isQuiet = ({ cloud, plan }: LiveWorld): boolean =>
  plan.calmAt - plan.start > longMs && cloud.containers.living().length === 0;

const isNth = ({ timeline }: LiveWorld, minutes: number): boolean =>
  Math.floor(timeline.now() / minute) % minutes === 0;

/** From now on nothing fails, and what operators left behind is put right. */
const calm = (world: LiveWorld, deploy: (to: 'current') => void): void => {
  const { cloud, rabbit, plan } = world;
  for (const provider of ['FARGATE', 'FARGATE_SPOT']) cloud.setAvailability(provider, undefined);
  for (const { name } of plan.tools) {
    cloud.deleteParameter(`${name}/paused`);
    cloud.push(name, '1.0.0');
    cloud.push(name, '1.1.0');
    cloud.push(name, '1.2.0');
    cloud.push(name, '9.9.9');
  }
  rabbit.declare();
  rabbit.restart();
  deploy('current');
  // Tasks may wait for a version that was never pinned.
  for (const [n, version] of ['1.0.0', '1.1.0', '9.9.9'].entries()) {
    world.timeline.at(world.timeline.now() + (n + 1) * 2 * minute, () => {
      for (const { name } of plan.tools) cloud.putParameter(`${name}/version`, version);
      world.lambda.invoke('release', {});
    });
  }
};
