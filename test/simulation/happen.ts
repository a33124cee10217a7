import { ask } from './ask.ts';
import type { Happening } from './happening.ts';
import type { LiveWorld } from './live-world.ts';
import type { HappeningOf } from './world.ts';

/** Lets a happening of the plan happen now. `deploy` gives each function another release. */
export const happen = (
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
      ask(world, happening);
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
    case 'stageLimit':
      cloud.setStageLimit(happening.maxRunning);
      break;
    case 'limitDeleted':
      cloud.deleteItem(`#${happening.limit}`);
      break;
    case 'deploy':
      deploy(happening.to);
      break;
    case 'crash':
    case 'restore':
    case 'repliesStuck':
      // Others wait for these: crash-points.ts, the backup, and post.ts.
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
  { cloud, timeline, note }: LiveWorld,
  { which, until }: HappeningOf<'spoilRow'>,
): void => {
  const rows = cloud.items().filter(({ taskId }) => !taskId?.S?.startsWith('#'));
  const taskId = rows[which % Math.max(1, rows.length)]?.taskId?.S;
  if (taskId === undefined) return;
  note(() => `it is the row of ${taskId}`);
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
