import { describe, expect, it } from 'vitest';
import type { Effect } from '../../shared/core/effect.ts';
import type { Task } from '../../shared/core/task.ts';
import { flushOutbox } from '../../shared/flows/flush-outboxes.ts';
import { lookForResult } from '../../shared/flows/look-for-result.ts';
import type { LogEnd } from '../../shared/ports.ts';
import { exit, launchDecided, minute, releaseNamed, second, stopped } from '../kit/facts.ts';
import { onward, samples } from '../kit/samples.ts';
import { newWorld, type World } from '../kit/world.ts';

/*
 * The release before this one does not know the notices that tell why a task waits: when a task ends there, those that are sent later
 * stay in the outbox.
 */

/** A task that has ended and waits for its result, with a notice of its wait that is sent at this time. */
const endedWithNotice = (noticeAfterMs: number): Task => {
  const task = onward(
    { ...samples.QUEUED, taskId: 'film-1' },
    [
      0,
      (_row, now) =>
        launchDecided(samples.QUEUED, now, { release: releaseNamed('1.0.0', { result: true }) }),
    ],
    [second, stopped(1, exit(0))],
  );
  const end = task.outbox.find((one) => one.kind === 'notify' && one.to === 'event');
  if (end?.kind !== 'notify') throw new Error('Expected an event of the end.');
  const notice: Effect = {
    ...end,
    id: 'film-1/1/event.waiting.2',
    what: 'waiting',
    notBefore: task.updatedAt + noticeAfterMs,
  };
  return { ...task, outbox: [notice, ...task.outbox] };
};

/** A world at the time of the row, and how often the log is read in it. */
const worldOf = async (
  task: Task,
  afterMs: number,
): Promise<{ readonly world: World; readonly reads: readonly string[] }> => {
  const world = newWorld();
  const reads: string[] = [];
  const end = async (ecsTaskArn: string): Promise<LogEnd> => {
    reads.push(ecsTaskArn);
    return { lines: [] };
  };
  Object.assign(world.ports, { logs: { end } });
  world.broker.listen('listener', 'echo.*');
  await world.clock.advance(task.updatedAt + afterMs - world.clock.now());
  world.tasks.put(task);
  return { world, reads };
};

const left = (world: World): readonly string[] =>
  world.row('film-1').outbox.map(({ id }) => id.split('/').at(-1) ?? '');

describe('a notice of a wait that an older Davit left in the row of an ended task', () => {
  it('is no reply that waits for a result: the log is not read when the time of the notice comes', async () => {
    const task = endedWithNotice(10 * second);
    const { world, reads } = await worldOf(task, 20 * second);
    expect(await lookForResult(world.ports, task)).toEqual({ task, isPutOff: false });
    expect(reads).toEqual([]);
  });

  it('does not delay the look for the result when its own time comes later', async () => {
    const task = endedWithNotice(10 * minute);
    const { world, reads } = await worldOf(task, 90 * second);
    const looked = await lookForResult(world.ports, task);
    expect(looked.task).toHaveProperty('resultMissing');
    expect(reads).toHaveLength(1);
  });

  it('delays none of the other events, and is gone when the row is written', async () => {
    const task = endedWithNotice(10 * minute);
    const { world } = await worldOf(task, 90 * second);
    await flushOutbox(world.ports, world.row('film-1'));
    expect(world.sentTo('listener')).toEqual(['davit.task.succeeded']);
    expect(world.sentTo('reply.web')).toEqual(['davit.task.succeeded']);
    expect(left(world)).toEqual([]);
  });
});
