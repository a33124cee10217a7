import { type Cloud, cloudOf } from './cloud.ts';
import { crashPointsOf } from './crash-points.ts';
import type { FlowName, Happening } from './happening.ts';
import { sentenceOf } from './happening.ts';
import { type Lambda, lambdaOf } from './lambda.ts';
import { type Rabbit, rabbitOf } from './rabbit.ts';
import { type SettleQueue, settleQueueOf } from './settle-queue.ts';
import { type HappeningOf, newWorld, type World, type WorldOptions } from './world.ts';

/** A world with all its parts. */
export interface LiveWorld extends World {
  readonly cloud: Cloud;
  readonly rabbit: Rabbit;
  readonly lambda: Lambda;
  readonly settleQueue: SettleQueue;
}

const minute = 60_000;
const flows: readonly FlowName[] = ['dispatch', 'settle', 'sweep', 'release', 'control', 'play'];

/** Builds the world of a plan, with everything that will happen in it on its timeline. */
export const openWorld = (options: WorldOptions): LiveWorld => {
  const world = newWorld(options);
  const { timeline, plan } = world;
  const settleQueue = settleQueueOf(world);
  const rabbit = rabbitOf(world);
  const cloud = cloudOf(world, settleQueue.send);
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
  });
  everyMinute(live, 5, () => lambda.invoke('release', {}));
  const skipping = world.chance('schedule');
  everyMinute(live, 1, () => {
    if (!world.isCalm() && skipping.is(plan.traits.sweepsSkipped)) return;
    if (needsSweep(live)) lambda.invoke('sweep', {});
  });
  for (const happening of plan.happenings) {
    timeline.at(happening.at, () => {
      world.tell(() => `** ${sentenceOf(happening)}`);
      world.count(`happening ${happening.kind}`);
      happen(live, happening, deploy);
    });
  }
  for (const { at, since } of plan.happenings.filter((one) => one.kind === 'restore')) {
    timeline.at(since, () => {
      const restore = cloud.backUp();
      timeline.at(at, restore);
    });
  }
  timeline.at(plan.calmAt, () => {
    world.tell(() => '** the world calms down');
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

/**
 * A sweep without due rows only compares table and cluster; two in three of these are skipped, because nothing else comes of them and
 * they would be most of a world.
 */
const needsSweep = ({ cloud, timeline }: LiveWorld): boolean => {
  const now = new Date(timeline.now() + 10_000).toISOString();
  const isDue = cloud
    .items()
    .some(({ dueAt, outboxAt }) => (dueAt?.S ?? '~') <= now || (outboxAt?.S ?? '~') <= now);
  return isDue || Math.floor(timeline.now() / minute) % 3 === 0;
};

const happen = (
  world: LiveWorld,
  happening: Happening,
  deploy: (to: 'current' | 'previous') => void,
): void => {
  const { cloud, rabbit, lambda, timeline } = world;
  switch (happening.kind) {
    case 'publish':
      rabbit.publish(happening);
      break;
    case 'play':
      lambda.invoke('play', { taskId: happening.taskId, fact: happening.fact });
      break;
    case 'noCapacity':
      cloud.setAvailability(happening.provider, happening.seen);
      timeline.at(happening.until, () => cloud.setAvailability(happening.provider, undefined));
      break;
    case 'reclaim':
    case 'hostLost':
    case 'stopByPerson':
      hitContainer(world, happening);
      break;
    case 'pin':
      if (happening.isPushed) cloud.push(happening.tool, happening.version);
      cloud.putParameter(`${happening.tool}/version`, happening.version);
      lambda.invoke('release', {});
      break;
    case 'pause':
      cloud.putParameter(`${happening.tool}/paused`, 'the operator said so');
      break;
    case 'resume':
      cloud.deleteParameter(`${happening.tool}/paused`);
      break;
    case 'deploy':
      deploy(happening.to);
      break;
    case 'crash':
    case 'restore':
      // Others wait for these: crash-points.ts, and the backup.
      break;
    case 'spoilRow':
      spoilRow(world, happening);
      break;
    case 'trouble':
    case 'purge':
    case 'queueGone':
    case 'brokerRestart':
      happenToBroker(world, happening);
      break;
  }
};

const happenToBroker = (
  { rabbit, timeline }: LiveWorld,
  happening: HappeningOf<'trouble' | 'purge' | 'queueGone' | 'brokerRestart'>,
): void => {
  if (happening.kind === 'purge') rabbit.purge(happening.queue);
  if (happening.kind === 'brokerRestart') rabbit.restart();
  if (happening.kind === 'queueGone') {
    rabbit.deleteQueue(happening.queue);
    timeline.at(happening.until, () => rabbit.declare());
  }
  if (happening.kind === 'trouble' && happening.service === 'rabbitmq') {
    rabbit.restart();
    timeline.at(happening.until, () => rabbit.restart());
  }
};

const spoilRow = (
  { cloud, timeline, tell }: LiveWorld,
  { which, until }: HappeningOf<'spoilRow'>,
): void => {
  const rows = cloud.items().filter(({ taskId }) => !taskId?.S?.startsWith('#'));
  const taskId = rows[which % Math.max(1, rows.length)]?.taskId?.S;
  if (taskId === undefined) return;
  tell(() => `it is the row of ${taskId}`);
  const repair = cloud.spoil(taskId);
  timeline.at(until, repair);
};

const hitContainer = (
  world: LiveWorld,
  happening: HappeningOf<'reclaim' | 'hostLost' | 'stopByPerson'>,
): void => {
  const { cloud, timeline } = world;
  const { kind, which } = happening;
  if (world.isCalm()) return;
  const living = cloud.containers.living();
  const container = living[which % Math.max(1, living.length)];
  if (container === undefined) {
    // It hits the next one that lives.
    timeline.at(timeline.now() + 2_000, () => hitContainer(world, happening));
    return;
  }
  if (kind === 'hostLost') cloud.containers.lose(container);
  if (kind === 'reclaim') cloud.reclaim(container.taskArn);
  if (kind === 'stopByPerson') cloud.stopTask(container.taskArn);
};

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
