import { describe, expect, it } from 'vitest';
import { itemOf } from '../../shared/aws/row.ts';
import { due } from '../../shared/core/due.ts';
import type { Sent } from '../../shared/ports.ts';
import { hour, minute } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { newWorld, type World } from '../kit/world.ts';

const full: Sent = { kind: 'failed', why: 'RabbitMQ refused the message: is the queue full?' };

/** Replies are always refused; everything else arrives. */
const refusingReplies = (): World => {
  const world = newWorld();
  const { broker } = world;
  Object.assign(world.ports, { broker: { ...broker, reply: async () => full } });
  return world;
};

const sweptEach = async (world: World, ms: number, times: number): Promise<void> => {
  for (let sweeps = 0; sweeps < times; sweeps += 1) {
    await world.pass(ms);
    await world.settled(world.sweep());
  }
};

describe('a reply that can never be sent', () => {
  it('is given up at once, named in the row, counted and logged, and the other effects are sent', async () => {
    const world = newWorld();
    const unannounced = samples['SUCCEEDED, not announced yet'];
    world.tasks.put({ ...unannounced, taskId: 'film-1', replyTo: 'billing.jobs' });
    world.broker.listen('billing.jobs');
    await sweptEach(world, 3 * minute, 1);
    expect(world.row('film-1')).toMatchObject({
      outbox: [],
      repliesGivenUp: { count: 1, queue: 'billing.jobs', why: expect.stringContaining('"reply."') },
    });
    expect(world.sentTo('billing.jobs')).toEqual([]);
    expect(world.count('RepliesGivenUp')).toBe(1);
    expect(world.names()).toContain('reply.givenUp');
    expect(itemOf(world.row('film-1'))).toHaveProperty('expiresAt');
  });

  it('is counted and logged also where it tells why its task waits', async () => {
    const world = newWorld();
    const live = world.registered('1.0.0');
    world.tools.set('echo', { spec: live.spec, live, paused: 'the disk is full' });
    world.submit('film-1');
    world.broker.disconnect('connection refused');
    await world.dispatch();
    world.broker.reconnect();
    const row = world.row('film-1');
    const revision = row.revision + 1;
    world.tasks.put({ ...row, revision, replyTo: 'billing.jobs' });
    await sweptEach(world, 3 * minute, 1);
    expect(world.row('film-1').outbox).toEqual([]);
    expect(world.row('film-1')).not.toHaveProperty('repliesGivenUp');
    expect(world.count('RepliesGivenUp')).toBe(1);
    expect(world.logged).toContainEqual({
      what: 'reply.givenUp',
      facts: expect.objectContaining({ queue: 'billing.jobs', what: 'waiting' }),
    });
  });

  it('does not stop its task: the row goes on when messages come again', async () => {
    const world = newWorld();
    world.tasks.put({ ...samples.QUEUED, taskId: 'film-1', replyTo: 'billing.jobs' });
    world.submit('film-1', {}, { replyTo: 'billing.jobs' });
    await world.dispatch();
    expect(world.row('film-1').phase).toBe('QUEUED');
    await sweptEach(world, hour, 1);
    await world.dispatch();
    await world.pass(minute);
    await world.settle();
    expect(world.launched()).toEqual(['film-1/1']);
    expect(world.row('film-1')).toMatchObject({ repliesGivenUp: { queue: 'billing.jobs' } });
  });
});

describe('a reply that is always refused', () => {
  it('is named in the row with the queue and the broker’s answer, and is tried again', async () => {
    const world = refusingReplies();
    world.tasks.put({ ...samples['SUCCEEDED, not announced yet'], taskId: 'film-1' });
    expect(due(world.row('film-1'))?.why).toMatch(
      /3 effects are still to be carried out: event\.succeeded, reply\.succeeded to reply\.web, bus\.succeeded/,
    );
    await sweptEach(world, 3 * minute, 2);
    const row = world.row('film-1');
    expect(row.outbox).toMatchObject([{ to: 'reply' }]);
    expect(due(row)?.why).toMatch(
      /1 effect is still to be carried out: reply\.succeeded to reply\.web \(RabbitMQ refused the message: is the queue full\?\), tried again at 14:\d\d:\d\d UTC, given up after 24 h/,
    );
  });

  it('is given up after a day, named in the row and counted, and the row expires', async () => {
    const world = refusingReplies();
    world.tasks.put({ ...samples['SUCCEEDED, not announced yet'], taskId: 'film-1' });
    await sweptEach(world, 10 * minute, 6 * 23);
    expect(world.row('film-1').outbox).toMatchObject([{ to: 'reply' }]);
    expect(itemOf(world.row('film-1'))).not.toHaveProperty('expiresAt');
    await sweptEach(world, 10 * minute, 8);
    const row = world.row('film-1');
    expect(row).toMatchObject({
      outbox: [],
      repliesGivenUp: { count: 1, what: 'succeeded', queue: 'reply.web', why: full.why },
    });
    expect(itemOf(row)).toHaveProperty('expiresAt');
    expect(world.count('RepliesGivenUp')).toBe(1);
    expect(world.names()).toContain('reply.givenUp');
  });

  it('is counted after a day also where it tells why its task waits, and once', async () => {
    const world = refusingReplies();
    const live = world.registered('1.0.0', { startWithinMs: 48 * hour });
    world.tools.set('echo', { spec: live.spec, live, paused: 'the disk is full' });
    world.submit('film-1');
    await world.settled(world.dispatch());
    await sweptEach(world, hour / 2, 50);
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', outbox: [] });
    expect(world.count('RepliesGivenUp')).toBe(1);
  });

  it('is given up while the task still runs, and its end is published all the same', async () => {
    const world = refusingReplies();
    const running = {
      ...samples['QUEUED, delayed after exit 75'],
      notBefore: Date.UTC(2026, 11, 5),
    };
    const unannounced = samples['SUCCEEDED, not announced yet'].outbox.filter(
      (one) => one.kind === 'notify' && one.to === 'reply',
    );
    const startBy = Date.UTC(2026, 11, 5);
    world.tasks.put({ ...running, taskId: 'film-1', outbox: unannounced, startBy });
    await sweptEach(world, hour / 2, 50);
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', outbox: [] });
  });

  it('never gives up the event of the end for davit.events', async () => {
    const world = newWorld();
    world.tasks.put({ ...samples.FAILED, outbox: failedOutbox(), taskId: 'film-1' });
    world.broker.disconnect('connection refused');
    await sweptEach(world, hour / 2, 4 * 24);
    const left = world.row('film-1').outbox.map(({ id }) => id.split('/').at(-1));
    expect(left).toEqual(['dead', 'event.failed']);
    world.broker.reconnect();
    await sweptEach(world, 11 * minute, 1);
    expect(world.row('film-1').outbox).toEqual([]);
    expect(world.sentTo('davit.dead')).toEqual(['film-1']);
  });
});

const failedOutbox = () =>
  samples['FAILED, never run'].outbox.filter(({ id }) => !id.endsWith('requeued'));
