/**
 * Attacker: a program with the publisher's login, and nothing else.
 * Goal: to make Davit write where the attacker may not (`reply_to` names another application's queue, or one of Davit's); and
 * to keep others from their replies, doorbells, events and dead letters, by addresses that make RabbitMQ close the
 * connection on which Davit sends.
 * What remains possible: to get replies in queues that it could declare itself. Every other address is rejected, and an
 * address that closes a connection closes one that carries only replies, once for each reply.
 */
import { randomBytes } from 'node:crypto';
import type { ConfirmChannel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dispatchAll } from '../../shared/flows/dispatch.ts';
import { rejectDropped } from '../../shared/flows/dropped.ts';
import type { Sent } from '../../shared/ports.ts';
import type { ConnectedBroker } from '../../shared/rabbit/broker.ts';
import { asksOf } from '../../shared/wire/control-request.ts';
import { deliveriesOf } from '../../shared/wire/rabbit-event.ts';
import { hour, minute } from '../kit/facts.ts';
import { openPublisherBroker, type PublisherBroker, replyPrefix } from '../kit/publisher-broker.ts';
import { samples } from '../kit/samples.ts';
import { endedTask, notifyEffect } from '../kit/tasks-for-broker.ts';
import { newWorld, type World } from '../kit/world.ts';

const direct = 'amq.rabbitmq.reply-to.';
const sent = { kind: 'sent' };

/** A direct reply-to as RabbitMQ 3.10 to 4.2 write it, of a node that this broker never had: 3.10 closes the connection. */
const ofAnotherNode = (n: number): string => {
  const node = Buffer.from(`reply@${1_000 + n}`);
  const pid = Buffer.concat([
    Buffer.from([131, 88, 118, 0, node.length]),
    node,
    Buffer.from([0, 0, 5, 143, 0, 0, 0, 0, 99, 66, 233, 156]),
  ]);
  return `${direct}${pid.toString('base64')}.${randomBytes(16).toString('base64')}`;
};

/** Addresses that closed a connection, or made Davit write to others, when they were tried on RabbitMQ 3.10.8. */
const hostile: Readonly<Record<string, string>> = {
  'another application’s queue': 'billing.jobs',
  'a queue of Davit’s': 'davit.control',
  'dead letters': 'davit.dead',
  'an exchange’s name': 'amq.topic',
  'a name under the prefix of nothing': 'reply.',
  'a name of another case': 'Reply.web',
  'control characters': 'reply.a\u001b[2J',
  'no base64 at all': `${direct}!!!.x`,
  'base64 without its padding': `${direct}g1h2AA5yZXBseUA4NTQ0NjA5MwAABY8AAAAAY0LpnA.lgqTTFlKZfXnXEDgVVGHtA==`,
  'base64 of the other alphabet': `${direct}g1h2-_.lgqTTFlKZfXnXEDgVVGHtA==`,
  'a term that is not a process': `${direct}g2o=.x`,
  'a tuple of two billion': `${direct}g2l/////.x`,
  'a node without a number': `${direct}${Buffer.from('\u0083Xv\0\nreply@host\0\0\0\x01\0\0\0\0\0\0\0\x01', 'latin1').toString('base64')}.lgqTTFlKZfXnXEDgVVGHtA==`,
  'bytes behind the process': `${direct}${Buffer.from('\u0083Xv\0\x07reply@8\0\0\0\x01\0\0\0\0\0\0\0\x01xx', 'latin1').toString('base64')}.lgqTTFlKZfXnXEDgVVGHtA==`,
  'no token': 'amq.rabbitmq.reply-to',
  'an empty token': direct,
  'a server’s name that is none': 'amq.gen-x',
  'the longest name there is': 'x'.repeat(255),
};

let broker: PublisherBroker;
let publisher: ConfirmChannel;
let admin: ConfirmChannel;
let davit: ConnectedBroker;

beforeAll(async () => {
  broker = await openPublisherBroker();
  admin = await broker.channelOf('admin');
  await admin.assertQueue('billing.jobs');
  await admin.assertQueue('reply.honest');
});

beforeEach(async () => {
  publisher = await broker.channelOf('publisher');
  davit = broker.davit();
});

afterEach(async () => {
  await davit.close();
});

afterAll(async () => {
  await broker?.close();
});

const publish = async (taskId: string, properties: object, body = '{"tool":"echo"}') => {
  publisher.publish('davit', 'davit.tasks', Buffer.from(body), {
    messageId: taskId,
    ...properties,
  });
  await publisher.waitForConfirms();
};

/** The flows over ports in memory, but with the real broker. */
const worldOverRabbit = (): World => {
  const world = newWorld();
  Object.assign(world.ports, { broker: davit });
  return world;
};

/** One batch of `davit.tasks`, as dispatch takes it. */
const dispatched = async (world: World, count: number): Promise<void> => {
  const event = await broker.eventFrom('davit.tasks', count);
  await world.settled(dispatchAll(deliveriesOf(event, replyPrefix), world.ports));
};

const takeAll = async (queue: string): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (;;) {
    const message = await admin.get(queue, { noAck: true });
    if (message === false) return ids;
    ids.push(String(message.properties.correlationId));
  }
};

const replyTo = (replyTo: string, n = 0): Promise<Sent> =>
  davit.reply(
    endedTask({ replyTo, correlationId: `c-${n}` }),
    notifyEffect('reply', `task-1/${n}/reply.failed`),
  );

describe('a publisher that may not write to billing.jobs', () => {
  test('does not get Davit to do it, with a correlation_id of its choice', async () => {
    const world = worldOverRabbit();
    await publish('steal-1', { replyTo: 'billing.jobs', correlationId: 'pay 1000 to me' });
    // A message that can never be a task is answered at once.
    await publish('steal-2', { replyTo: 'billing.jobs', correlationId: 'pay 2000 to me' }, '{}');
    await dispatched(world, 2);
    expect(await takeAll('billing.jobs')).toEqual([]);
    const row = world.row('steal-1');
    expect(row).toMatchObject({ phase: 'REJECTED', correlationId: 'pay 1000 to me', outbox: [] });
    expect(row).not.toHaveProperty('replyTo');
    expect('reason' in row && row.reason).toMatch(
      /^reply_to must be .*amq\.gen-.*amq\.rabbitmq\.reply-to.*"reply\.".*, but is "billing\.jobs"\. .* under a new message_id\.$/,
    );
    const dead = await admin.get('davit.dead', { noAck: true });
    expect(dead || undefined).toMatchObject({
      properties: { messageId: 'steal-1', replyTo: undefined },
    });
    await takeAll('davit.dead');
  });

  test('nor by a message that RabbitMQ drops', async () => {
    const world = worldOverRabbit();
    await publish('steal-3', { replyTo: 'billing.jobs', expiration: '0' });
    const asks = asksOf(await broker.eventFrom('davit.dropped', 1), replyPrefix);
    if (!('dropped' in asks)) throw new Error('expected a batch of davit.dropped');
    await world.settled(rejectDropped(asks.dropped, world.ports));
    expect(await takeAll('billing.jobs')).toEqual([]);
    expect(world.row('steal-3')).not.toHaveProperty('replyTo');
  });

  test.each<[string, (channel: ConfirmChannel) => Promise<unknown>]>([
    ['read it', (channel) => channel.get('billing.jobs')],
    ['empty it', (channel) => channel.purgeQueue('billing.jobs')],
    ['delete it', (channel) => channel.deleteQueue('billing.jobs')],
    ['declare a queue that is not for replies', (channel) => channel.assertQueue('billing.more')],
    ['bind a queue of its own to davit.events', bound],
    ['have its replies dead-lettered to where it may not write', deadLettering],
  ])('nor may it %s itself', async (_what, act) => {
    await expect(act(publisher)).rejects.toThrow(/ACCESS[-_]REFUSED/);
  });
});

/** A full queue that refuses more would refuse the events of all tasks: they would stay in the rows forever. */
const bound = async (channel: ConfirmChannel): Promise<void> => {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'davit.events', '#');
};

const deadLettering = (channel: ConfirmChannel): Promise<unknown> =>
  channel.assertQueue('reply.forwards', {
    deadLetterExchange: '',
    deadLetterRoutingKey: 'billing.jobs',
    messageTtl: 0,
  });

describe('a reply_to that is not a valid address', () => {
  // RabbitMQ refuses this address from a client that does not consume from it. Only a shovel can bring it: see the rows below.
  const published = Object.entries(hostile).filter(([, to]) => to !== 'amq.rabbitmq.reply-to');

  test.each(published)(
    '%s: the message is rejected, and nothing is sent',
    async (_what, address) => {
      const world = worldOverRabbit();
      const id = `x-${randomBytes(6).toString('hex')}`;
      const properties = { replyTo: address, correlationId: 'c' };
      await publish(id, properties);
      await dispatched(world, 1);
      expect(world.row(id)).toMatchObject({ phase: 'REJECTED', outbox: [] });
      expect(world.row(id)).not.toHaveProperty('replyTo');
    },
  );

  test('in rows of an older Davit is given up with a reason in the row, and the row goes on', async () => {
    const world = worldOverRabbit();
    const addresses = Object.values(hostile);
    await takeAll('davit.dead');
    const ended = samples['FAILED, never run'];
    for (const [n, address] of addresses.entries()) {
      world.tasks.put({ ...ended, taskId: `old-${n}`, replyTo: address });
    }
    world.tasks.put({ ...ended, taskId: 'honest', replyTo: 'reply.honest' });
    await world.pass(25 * hour);
    await world.settled(world.sweep());
    for (const [n, address] of addresses.entries()) {
      expect(world.row(`old-${n}`)).toMatchObject({
        outbox: [],
        repliesGivenUp: { queue: address, why: expect.stringContaining('reply_to must be') },
      });
    }
    expect(world.row('honest').outbox).toEqual([]);
    expect(world.row('honest')).not.toHaveProperty('repliesGivenUp');
    expect(world.count('RepliesGivenUp')).toBeGreaterThanOrEqual(addresses.length);
    expect(world.names()).toContain('reply.givenUp');
    expect(await takeAll('billing.jobs')).toEqual([]);
    expect((await takeAll('davit.dead')).length).toBe(addresses.length + 1);
    expect((await takeAll('reply.honest')).length).toBeGreaterThan(0);
  });
});

describe('a reply queue that sends its replies back to Davit as messages', () => {
  test('gets the event of its task, and nothing after it', async () => {
    const world = worldOverRabbit();
    await publisher.assertQueue('reply.loop', {
      deadLetterExchange: 'davit',
      deadLetterRoutingKey: 'davit.tasks',
      messageTtl: 0,
    });
    await publish('loop-1', { replyTo: 'reply.loop' }, '{}');
    await dispatched(world, 1);
    await dispatched(world, 1);
    expect(world.phases()).toEqual(['REJECTED', 'REJECTED']);
    expect(world.tasks.rows().filter(({ replyTo }) => replyTo !== undefined)).toHaveLength(1);
    expect(await admin.checkQueue('davit.tasks')).toMatchObject({ messageCount: 0 });
    await publisher.deleteQueue('reply.loop');
    await takeAll('davit.dead');
  });
});

describe('addresses that are well-formed and close the connection', () => {
  test('stop no other reply, doorbell, event or dead letter, and end', async () => {
    const requester = await broker.channelOf('publisher');
    const answers: string[] = [];
    await requester.consume(
      'amq.rabbitmq.reply-to',
      (message) => void answers.push(String(message?.properties.correlationId)),
      { noAck: true },
    );
    requester.publish('davit', 'davit.tasks', Buffer.from('{"tool":"echo"}'), {
      messageId: 'direct-1',
      replyTo: 'amq.rabbitmq.reply-to',
    });
    const [delivery] = deliveriesOf(await broker.eventFrom('davit.tasks', 1), replyPrefix);
    if (delivery?.kind !== 'task') throw new Error('expected direct reply-to to be accepted');
    const token = delivery.submission.replyTo ?? '';
    const from = performance.now();
    const poisoned = Array.from({ length: 20 }, (_, n) => replyTo(ofAnotherNode(n)));
    const others = Array.from({ length: 20 }, (_, n) => [
      replyTo('reply.honest', n),
      replyTo(token, n),
      davit.ring('task-1', n + 1),
      davit.announce(endedTask(), notifyEffect('event')),
      davit.bury(endedTask(), { kind: 'dead', id: 'task-1/2/dead', run: 2, reason: 'r' }),
    ]).flat();
    expect(await Promise.all(others)).toEqual(others.map(() => sent));
    expect(performance.now() - from).toBeLessThan(10_000);
    const numbers = Array.from({ length: 20 }, (_, n) => `c-${n}`);
    expect((await takeAll('reply.honest')).toSorted()).toEqual(numbers.toSorted());
    await expect.poll(() => answers.toSorted()).toEqual(numbers.toSorted());
    for (const one of await Promise.all(poisoned)) {
      expect(one).toMatchObject({ kind: 'refused', why: expect.stringContaining('541') });
    }
    await admin.purgeQueue('davit.tasks');
    await admin.purgeQueue('davit.dead');
  });

  test('are given up for each row, and logged', async () => {
    const world = worldOverRabbit();
    const ended = samples['SUCCEEDED, not announced yet'];
    for (let n = 0; n < 5; n += 1) {
      world.tasks.put({ ...ended, taskId: `poisoned-${n}`, replyTo: ofAnotherNode(n) });
    }
    world.tasks.put({ ...ended, taskId: 'honest', replyTo: 'reply.honest' });
    await world.pass(10 * minute);
    await world.settled(world.sweep());
    for (let n = 0; n < 5; n += 1) {
      expect(world.row(`poisoned-${n}`)).toMatchObject({
        outbox: [],
        repliesGivenUp: { count: 1, why: expect.stringContaining('541') },
      });
    }
    expect(world.row('honest')).toMatchObject({ outbox: [] });
    expect(await takeAll('reply.honest')).toHaveLength(1);
  });
});

describe('queues of the publisher’s own that accept nothing', () => {
  test('delay no other messages', async () => {
    const other = await broker.channelOf('publisher');
    await other.assertQueue('reply.exclusive', { exclusive: true });
    await other.assertQueue('reply.full', {
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    await other.assertQueue('reply.stream', { arguments: { 'x-queue-type': 'stream' } });
    await other.assertQueue('reply.none', { maxLength: 0 });
    await other.assertExchange('reply.exchange', 'fanout');
    expect(await replyTo('reply.full')).toEqual(sent);
    const flood = Array.from({ length: 100 }, (_, n) => [
      replyTo('reply.full', n),
      replyTo('reply.stream', n),
      replyTo('reply.exclusive', n),
      replyTo('reply.none', n),
      replyTo('reply.exchange', n),
      replyTo('reply.deleted', n),
      n === 50 ? other.deleteQueue('reply.exclusive') : undefined,
    ]).flat();
    const from = performance.now();
    expect(await replyTo('reply.honest')).toEqual(sent);
    expect(await davit.ring('task-1', 1)).toEqual(sent);
    expect(performance.now() - from).toBeLessThan(5_000);
    const kinds = (await Promise.all(flood)).flatMap((one) =>
      one && 'kind' in one ? [one.kind] : [],
    );
    expect(new Set(kinds)).toEqual(new Set(['sent', 'failed', 'unroutable']));
    await takeAll('reply.honest');
    await admin.purgeQueue('davit.tasks');
    await admin.deleteQueue('reply.full');
    await admin.deleteQueue('reply.stream');
  });
});

describe('an honest publisher', () => {
  test('gets the events of its task in a server-named queue, a direct reply and a queue under the prefix', async () => {
    const world = worldOverRabbit();
    const received: string[] = [];
    const listen = (where: string) => (message: { properties: object } | null) =>
      void received.push(
        `${where} ${message && 'type' in message.properties && message.properties.type}`,
      );
    const { queue } = await publisher.assertQueue('', { exclusive: true });
    await publisher.assertQueue('reply.web-1', { durable: true });
    await publisher.consume(queue, listen('gen'), { noAck: true });
    await publisher.consume('reply.web-1', listen('named'), { noAck: true });
    await publisher.consume('amq.rabbitmq.reply-to', listen('direct'), { noAck: true });
    const unknown = '{"tool":"no-such-tool"}';
    await publish('mine-1', { replyTo: queue }, unknown);
    await publish('mine-2', { replyTo: 'reply.web-1' }, unknown);
    await publish('mine-3', { replyTo: 'amq.rabbitmq.reply-to' }, unknown);
    await dispatched(world, 3);
    const event = 'davit.task.rejected';
    await expect
      .poll(() => received.toSorted())
      .toEqual([`direct ${event}`, `gen ${event}`, `named ${event}`]);
  });
});
