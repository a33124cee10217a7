import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Rabbit, startRabbit } from '../../local/rabbitmq/rabbitmq.ts';
import type { Sent } from '../../shared/ports.ts';
import { type ConnectedBroker, rabbitBroker } from '../../shared/rabbit/broker.ts';
import { connectionsOf, resume, suspend } from '../kit/rabbit-control.ts';
import { endedTask, notifyEffect } from '../kit/tasks-for-broker.ts';

const dir = mkdtempSync(join(tmpdir(), 'davit-silent-'));
let rabbit: Rabbit;
let admin: ChannelModel;
let channel: Channel;
let broker: ConnectedBroker;

const queues = ['davit.doorbells', 'davit.dead', 'reply.well', 'reply.silent', 'listener'];
/** A direct reply-to with a process of another broker: RabbitMQ 3.10 answers it with an INTERNAL_ERROR. */
const crashing =
  'amq.rabbitmq.reply-to.g1h2AA5yZXBseUA4NTQ0NjA5MwAABY8AAAAAY0LpnA==.lgqTTFlKZfXnXEDgVVGHtA==';
const sent = { kind: 'sent' };
const silence = {
  kind: 'failed',
  why: expect.stringMatching(/did not (answer|confirm)/),
  silent: 'address',
};

beforeAll(async () => {
  rabbit = await startRabbit({ dir, log: () => {} });
  const { username, password } = rabbit.admin;
  admin = await connect(rabbit.amqpUrl.replace('//', `//${username}:${password}@`));
  channel = await admin.createChannel();
  await channel.assertExchange('davit.events', 'topic');
  for (const queue of queues) {
    await channel.assertQueue(queue, { arguments: { 'x-queue-type': 'quorum' } });
  }
});

beforeEach(() => {
  broker = rabbitBroker(
    { url: rabbit.amqpUrl, virtualHost: '/', login: async () => rabbit.admin },
    { source: '/davit/test', replyPrefix: 'reply.' },
  );
});

afterEach(async () => {
  await broker.close();
});

afterAll(async () => {
  await admin?.close();
  await rabbit?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const replyTo = (queue: string, n: number): Promise<Sent> =>
  broker.reply(endedTask({ replyTo: queue }), notifyEffect('reply', `task-1/${n}/reply.failed`));
const bury = (): Promise<Sent> =>
  broker.bury(endedTask(), { kind: 'dead', id: 'task-1/2/dead', run: 2, reason: 'exit 64' });
const announce = (): Promise<Sent> => broker.announce(endedTask(), notifyEffect('event'));

/** One message of each kind that Davit sends to other targets, twenty times. */
const allElse = (): Promise<readonly Sent[]> =>
  Promise.all(
    Array.from({ length: 20 }, (_, n) => [
      broker.ring('task-1', n + 1),
      bury(),
      announce(),
      replyTo('reply.well', n),
    ]).flat(),
  );

/** Runs a test while the leaders of these queues do not answer. */
const whileSilent = async (silent: readonly string[], act: () => Promise<void>): Promise<void> => {
  await suspend(dir, ...silent);
  try {
    await act();
  } finally {
    await resume(dir, ...silent);
  }
};

test('a reply queue that never confirms delays no letter to another target, replies included', async () => {
  await whileSilent(['reply.silent'], async () => {
    let isOver = false;
    const lost = Promise.all(Array.from({ length: 60 }, (_, n) => replyTo('reply.silent', n)));
    void lost.finally(() => {
      isOver = true;
    });
    expect(new Set((await allElse()).map(({ kind }) => kind))).toEqual(new Set(['sent']));
    expect(isOver).toBe(false);
    for (const one of await lost) expect(one).toEqual(silence);
    expect(new Set((await allElse()).map(({ kind }) => kind))).toEqual(new Set(['sent']));
  });
});

test('its silence closes no connection, and only one letter waits for the timeout', async () => {
  expect(await replyTo('reply.silent', 0)).toEqual(sent);
  expect(await broker.ring('task-1', 1)).toEqual(sent);
  const before = await connectionsOf(dir);
  await whileSilent(['reply.silent'], async () => {
    expect(await replyTo('reply.silent', 1)).toEqual(silence);
    const since = performance.now();
    expect(await replyTo('reply.silent', 2)).toEqual(silence);
    expect(performance.now() - since).toBeLessThan(1_000);
    expect(await connectionsOf(dir)).toEqual(before);
  });
});

test('a queue for events and one for dead letters that never confirm delay neither doorbells nor each other', async () => {
  await channel.bindQueue('listener', 'davit.events', '#');
  await whileSilent(['listener', 'davit.dead'], async () => {
    const lost = Promise.all([announce(), bury()]);
    const others = Array.from({ length: 20 }, (_, n) => [
      broker.ring('task-1', n),
      replyTo('reply.well', n),
    ]);
    for (const one of await Promise.all(others.flat())) expect(one).toEqual(sent);
    expect(await lost).toEqual([silence, silence]);
    expect(await broker.doorbells()).toBeGreaterThan(0);
  });
  await channel.unbindQueue('listener', 'davit.events', '#');
});

test('an address for which RabbitMQ closes the connection closes only that of the replies', async () => {
  expect(await broker.ring('task-1', 1)).toEqual(sent);
  const before = await connectionsOf(dir);
  expect(await replyTo(crashing, 1)).toMatchObject({ kind: 'refused' });
  expect(await connectionsOf(dir)).toEqual(before);
  expect(await replyTo('reply.well', 2)).toEqual(sent);
});
