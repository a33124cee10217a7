/**
 * Attacker: a web server with the broker's login `publisher`, or one tenant of an honest web server.
 * Goal: to make rows that never become idle, so that the sweep has no time for the rows of others: by replies to a queue that
 * refuses them all, tasks that wait for a paused tool, and messages that can never be a task.
 * What remains possible: the attacker's own rows wait longer. Each sweep does a limited number of them, and finds the effects
 * of other rows (doorbells, dead letters, events, replies, retries) by a separate query. A row of a message that can never be
 * a task is deleted after fourteen days.
 */
import { describe, expect, it } from 'vitest';
import { itemOf } from '../../shared/aws/row.ts';
import { isEnded } from '../../shared/core/task.ts';
import type { Sent } from '../../shared/ports.ts';
import { hour, minute } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { newWorld, type World } from '../kit/world.ts';

const unannounced = samples['SUCCEEDED, not announced yet'];
const replies = unannounced.outbox.filter((one) => one.kind === 'notify' && one.to === 'reply');
const full: Sent = { kind: 'failed', why: 'RabbitMQ refused the message: is the queue full?' };

/** Ended tasks whose replies the full queue has refused before; all are due again, and have been for longer than any other row. */
const putRefused = (world: World, rows: number): void => {
  const at = world.clock.now();
  const outboxTrouble = { id: replies[0]?.id ?? '', why: full.why };
  const left = {
    outbox: replies,
    outboxTrouble,
    outboxSince: at,
    setbacks: 3,
    replyTo: 'reply.hostile',
  };
  for (let row = 0; row < rows; row += 1)
    world.tasks.put({ ...unannounced, ...left, taskId: `hostile-${row}` });
};

/** The attacker's queue refuses everything; the replies to other queues are kept. */
const hostileQueue = (
  world: World,
): { readonly refused: () => number; readonly answered: string[] } => {
  let refused = 0;
  const answered: string[] = [];
  const { broker } = world;
  const reply: typeof broker.reply = async ({ taskId, replyTo }) => {
    if (replyTo === 'reply.hostile') {
      refused += 1;
      return full;
    }
    answered.push(taskId);
    return { kind: 'sent' };
  };
  Object.assign(world.ports, { broker: { ...broker, reply } });
  return { refused: () => refused, answered };
};

describe('replies that one queue refuses, more than a sweep can try', () => {
  const rows = 5_500;

  it('delay no dead letter, event or reply of another task that a crash left behind', async () => {
    const world = newWorld();
    putRefused(world, rows);
    const { answered } = hostileQueue(world);
    await world.pass(minute);
    const left = { updatedAt: world.clock.now(), outboxSince: world.clock.now() };
    world.tasks.put({ ...samples['FAILED, never run'], ...left, taskId: 'film-1' });
    world.tasks.put({ ...unannounced, ...left, taskId: 'film-2' });
    await world.pass(2 * minute);
    await world.settled(world.sweep());
    expect(world.sentTo('davit.dead')).toEqual(['film-1']);
    expect(world.row('film-1').outbox).toEqual([]);
    expect(answered).toContain('film-2');
  }, 60_000);

  it('are each tried in turn, at most 5,000 in a sweep', async () => {
    const world = newWorld();
    putRefused(world, rows);
    const { refused } = hostileQueue(world);
    await world.pass(2 * minute);
    await world.settled(world.sweep());
    expect(refused()).toBe(5_000);
    await world.pass(minute);
    await world.settled(world.sweep());
    expect(refused()).toBe(rows);
  }, 60_000);
});

describe('messages that can never be a task, and whose replies that queue refuses', () => {
  it('delay no dead letter of another task, from their first try on', async () => {
    const world = newWorld();
    hostileQueue(world);
    for (let n = 0; n < 5_200; n += 1)
      world.submit(`hostile-${n}`, { tool: 7 }, { replyTo: 'reply.hostile' });
    for (let batch = 0; batch < 52; batch += 1) await world.dispatch();
    expect(world.row('hostile-0').outbox).toMatchObject([{ to: 'reply' }]);
    await world.pass(1_000);
    const left = { updatedAt: world.clock.now(), outboxSince: world.clock.now() };
    world.tasks.put({ ...samples['FAILED, never run'], ...left, taskId: 'film-1' });
    await world.pass(2 * minute);
    await world.settled(world.sweep());
    expect(world.sentTo('davit.dead')).toContain('film-1');
  }, 60_000);
});

describe('tasks of one tenant that wait for a hold, more than a sweep can ask about', () => {
  it('delay the retry of no other tenant', async () => {
    const world = newWorld();
    const waiting = samples['QUEUED, held'];
    const retry = samples['QUEUED, delayed after exit 75'];
    for (let row = 0; row < 1_500; row += 1)
      world.tasks.put({ ...waiting, tenant: 'hostile', taskId: `hostile-${row}` });
    await world.pass(8 * minute);
    const now = world.clock.now();
    const times = { notBefore: now + 4 * minute, startBy: now + hour };
    if (retry.phase !== 'QUEUED') throw new Error('the sample is of another phase');
    world.tasks.put({ ...retry, ...times, taskId: 'film-1' });
    await world.pass(5 * minute);
    await world.settled(world.sweep());
    expect(world.row('film-1')).toMatchObject({ rings: 1, rungAt: expect.any(Number) });
    expect(world.count('RungBySweep')).toBe(1_201);
  }, 60_000);
});

describe('a davit.tasks that is full', () => {
  it('refuses doorbells, which stay in their rows and are sent once there is room; everything else goes on', async () => {
    const world = newWorld();
    const { broker } = world;
    Object.assign(world.ports, { broker: { ...broker, ring: async () => full } });
    const retry = samples['QUEUED, delayed after exit 75'];
    if (retry.phase !== 'QUEUED') throw new Error('the sample is of another phase');
    const startBy = world.clock.now() + 24 * hour;
    const left = { updatedAt: world.clock.now(), outboxSince: world.clock.now() };
    world.tasks.put({ ...retry, notBefore: world.clock.now(), startBy, taskId: 'film-1' });
    world.tasks.put({ ...samples['FAILED, never run'], taskId: 'film-2', ...left });
    for (let sweeps = 0; sweeps < 30; sweeps += 1) {
      await world.pass(minute);
      await world.settled(world.sweep());
    }
    expect(world.sentTo('davit.dead')).toEqual(['film-2']);
    expect(world.row('film-1').outbox).toMatchObject([{ kind: 'doorbell', run: 2 }]);
    Object.assign(world.ports, { broker });
    await world.pass(11 * minute);
    await world.settled(world.sweep());
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', run: 2, outbox: [] });
  });
});

describe('the row of a message that can never be a task', () => {
  it('is deleted after fourteen days', () => {
    const rejected = samples.REJECTED;
    if (!isEnded(rejected)) throw new Error('the sample is of another phase');
    const lastS = Math.floor((rejected.endedAt + 14 * 24 * hour) / 1000);
    expect(itemOf(rejected).expiresAt).toBe(lastS);
  });
});
