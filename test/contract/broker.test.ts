import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Rabbit, startRabbit } from '../../local/rabbitmq/rabbitmq.ts';
import { declareQueue, deleteQueue } from '../../models/broker/declare.ts';
import type { Broker } from '../../shared/ports.ts';
import { type ConnectedBroker, rabbitBroker } from '../../shared/rabbit/broker.ts';
import { endedTask, notifyEffect } from '../kit/tasks-for-broker.ts';
import { type MemoryBroker, memoryBroker } from '../memory/broker.ts';

/** A message as a listener receives it. */
interface Taken {
  readonly routingKey: string;
  readonly properties: object;
  readonly content: Buffer;
}

/** A broker with the queues of Davit and one named `reply.listener`, and the changes that a test may make to it. */
interface World {
  readonly broker: () => Broker;
  readonly fresh: () => Promise<void>;
  /** The next message of a queue, taken off it. */
  readonly taken: (queue: string) => Promise<Taken>;
  /** Binds `reply.listener` to the events of `echo`. */
  readonly listen: () => Promise<void>;
  readonly lose: (queue: string) => Promise<void>;
  readonly loseExchange: () => Promise<void>;
  /** Declares the queue again: one message fills it, and it refuses more. */
  readonly narrow: (queue: string) => Promise<void>;
}

const dir = mkdtempSync(join(tmpdir(), 'davit-broker-'));
let rabbit: Rabbit;
let admin: ChannelModel;
let channel: Channel;
let broker: ConnectedBroker;

const start = () => startRabbit({ dir, log: () => {} });

const adminChannel = async (): Promise<void> => {
  const { username, password } = rabbit.admin;
  admin = await connect(rabbit.amqpUrl.replace('//', `//${username}:${password}@`));
  admin.on('error', () => {});
  channel = await admin.createChannel();
};

const brokerAt = (login = async () => rabbit.admin): ConnectedBroker =>
  rabbitBroker({ url: rabbit.amqpUrl, virtualHost: '/', login }, sender);

const sender = { source: '/davit/test', replyPrefix: 'reply.' };

const narrowed = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };

const realWorld: World = {
  broker: () => broker,
  fresh: async () => {
    for (const queue of ['davit.tasks', 'davit.doorbells', 'davit.dead', 'reply.listener']) {
      await channel.deleteQueue(queue);
      await channel.assertQueue(queue, { durable: true });
    }
    await channel.assertExchange('davit.events', 'topic', { durable: true });
  },
  taken: async (queue) => {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) throw new Error(`expected a message in ${queue}`);
    const { content, properties, fields } = message;
    return { content, properties, routingKey: fields.routingKey };
  },
  listen: async () => {
    await channel.bindQueue('reply.listener', 'davit.events', 'echo.*');
  },
  lose: async (queue) => {
    await channel.deleteQueue(queue);
  },
  loseExchange: async () => {
    await channel.deleteExchange('davit.events');
  },
  narrow: async (queue) => {
    await channel.deleteQueue(queue);
    await channel.assertQueue(queue, { durable: true, arguments: narrowed });
  },
};

let memory: MemoryBroker = memoryBroker();

const memoryWorld: World = {
  broker: () => memory,
  fresh: async () => {
    memory = memoryBroker();
    memory.listen('reply.listener');
  },
  taken: async (queue) => {
    const known = memory.state.queues[queue];
    const [first, ...ready] = known?.ready ?? [];
    if (!known || !first) throw new Error(`expected a message in ${queue}`);
    const queues = { ...memory.state.queues, [queue]: { ...known, ready } };
    memory.state = { ...memory.state, queues };
    const { properties, routingKey, body } = first;
    return { properties, routingKey, content: Buffer.from(body, 'base64') };
  },
  listen: async () => memory.listen('reply.listener', 'echo.*'),
  lose: async (queue) => {
    memory.state = deleteQueue(memory.state, queue);
  },
  loseExchange: async () => {
    memory.state = { ...memory.state, exchanges: {} };
  },
  narrow: async (queue) => {
    memory.state = declareQueue(deleteQueue(memory.state, queue), queue, { maxLength: 1 }).state;
  },
};

beforeAll(async () => {
  rabbit = await start();
  await adminChannel();
  broker = brokerAt();
});

afterAll(async () => {
  await broker?.close();
  await admin?.close();
  await rabbit?.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe.each([
  ['RabbitMQ', realWorld],
  ['the model', memoryWorld],
])('over %s', (_name, world) => {
  beforeEach(world.fresh);

  const dead = (reason: string) => ({ kind: 'dead', id: 'task-1/2/dead', run: 2, reason }) as const;

  test('a doorbell names task and run, and has no body', async () => {
    expect(await world.broker().ring('task-1', 3)).toEqual({ kind: 'sent' });
    const { properties, content } = await world.taken('davit.doorbells');
    expect(content).toHaveLength(0);
    expect(properties).toMatchObject({
      messageId: 'task-1',
      deliveryMode: 2,
      headers: { 'davit-run': 3 },
    });
  });

  test('a doorbell goes to davit.tasks while the queue of its own was not declared', async () => {
    await world.lose('davit.doorbells');
    expect(await world.broker().doorbells()).toBeUndefined();
    expect(await world.broker().ring('task-1', 3)).toEqual({ kind: 'sent' });
    const { properties } = await world.taken('davit.tasks');
    expect(properties).toMatchObject({ messageId: 'task-1', headers: { 'davit-run': 3 } });
  });

  test('a task message of control has body, id and priority', async () => {
    const body = Buffer.from('{"tool":"echo"}');
    expect(await world.broker().submit('task-1', body, 4)).toEqual({ kind: 'sent' });
    const { properties, content } = await world.taken('davit.tasks');
    expect(content).toEqual(body);
    expect(properties).toMatchObject({ messageId: 'task-1', priority: 4, deliveryMode: 2 });
  });

  test('an answer of control goes to the reply address of its message, and to no other queue', async () => {
    await world.listen();
    const answer = { kind: 'refused', reason: 'it is too late' } as const;
    const address = { replyTo: 'reply.listener', correlationId: 'page-7' };
    expect(await world.broker().answer(address, answer)).toEqual({ kind: 'sent' });
    const { properties, content } = await world.taken('reply.listener');
    expect(JSON.parse(content.toString())).toEqual(answer);
    expect(properties).toMatchObject({
      type: 'davit.control.answer',
      contentType: 'application/json',
      correlationId: 'page-7',
    });
    const gone = { replyTo: 'reply.gone' };
    expect(await world.broker().answer(gone, answer)).toEqual({ kind: 'unroutable' });
    const forbidden = { replyTo: 'davit.tasks' };
    expect(await world.broker().answer(forbidden, answer)).toMatchObject({ kind: 'refused' });
  });

  test('a dead letter is the original message, with run and reason in headers', async () => {
    const task = endedTask({ replyTo: 'reply.mine', correlationId: 'c', priority: 5 });
    expect(await world.broker().bury(task, dead('exit 64'))).toEqual({ kind: 'sent' });
    const { properties, content } = await world.taken('davit.dead');
    expect(content).toEqual(Buffer.from('{"tool":"echo"}'));
    expect(properties).toMatchObject({
      messageId: 'task-1',
      replyTo: 'reply.mine',
      correlationId: 'c',
      priority: 5,
      headers: { 'davit-dead': 2, 'davit-reason': 'exit 64' },
    });
  });

  test('a dead letter has the properties of its publisher, also many and large ones', async () => {
    const headers = {
      text: 'ü'.repeat(2_000),
      many: Array.from({ length: 3_000 }, () => 0.1),
      nested: { list: ['a', 1, null, { deep: true }], huge: 1e300, long: 2 ** 60 },
    };
    const kept = { contentType: 'text/plain', contentEncoding: 'gzip', type: 't', appId: 'web-1' };
    const messageProperties = JSON.stringify({ ...kept, headers });
    const reason = '€'.repeat(2_000);
    expect(await world.broker().bury(endedTask({ messageProperties }), dead(reason))).toEqual({
      kind: 'sent',
    });
    const { properties } = await world.taken('davit.dead');
    expect(properties).toMatchObject({
      ...kept,
      headers: { ...headers, 'davit-dead': 2, 'davit-reason': reason },
    });
    await world.lose('davit.dead');
    expect(await world.broker().bury(endedTask({ messageProperties }), dead(reason))).toEqual({
      kind: 'unroutable',
    });
  });

  test('a dead letter whose body was too large to keep has its size and digest', async () => {
    const { payload: _payload, ...task } = endedTask({ payloadBytes: 70_000 });
    await world.broker().bury(task, dead('r'.repeat(100_000)));
    const { properties, content } = await world.taken('davit.dead');
    expect(content).toHaveLength(0);
    expect(properties).toMatchObject({
      headers: {
        'davit-bytes': 70_000,
        'davit-digest': 'd1',
        'davit-reason': 'r'.repeat(2_000),
      },
    });
  });

  test('an event goes to davit.events with the tool and what happened as routing key', async () => {
    await world.listen();
    expect(await world.broker().announce(endedTask(), notifyEffect('event'))).toEqual({
      kind: 'sent',
    });
    const { routingKey, properties, content } = await world.taken('reply.listener');
    expect(routingKey).toBe('echo.failed');
    expect(properties).toMatchObject({
      contentType: 'application/cloudevents+json',
      messageId: 'task-1/2/event.failed',
    });
    expect(JSON.parse(content.toString())).toMatchObject({
      type: 'davit.task.failed',
      source: '/davit/test',
      subject: 'task-1',
    });
  });

  test('an event without a listener counts as sent', async () => {
    expect(await world.broker().announce(endedTask(), notifyEffect('event'))).toEqual({
      kind: 'sent',
    });
  });

  test('a reply goes to the publisher with the correlation id of the task', async () => {
    const task = endedTask({ replyTo: 'reply.listener', correlationId: 'c-7' });
    expect(await world.broker().reply(task, notifyEffect('reply'))).toEqual({ kind: 'sent' });
    expect((await world.taken('reply.listener')).properties).toMatchObject({
      correlationId: 'c-7',
    });
  });

  test('the backlog is the number of messages that wait in davit.tasks, and doorbells are counted apart', async () => {
    const body = Buffer.from('{"tool":"echo"}');
    await Promise.all(['a', 'b', 'c'].map((id) => world.broker().submit(id, body, 0)));
    await Promise.all([1, 2].map((run) => world.broker().ring('task-1', run)));
    expect(await world.broker().backlog()).toBe(3);
    expect(await world.broker().doorbells()).toBe(2);
  });

  test('a reply to a deleted queue is unroutable, and so is one without an address', async () => {
    const unroutable = { kind: 'unroutable' };
    const task = endedTask({ replyTo: 'reply.gone' });
    expect(await world.broker().reply(task, notifyEffect('reply'))).toEqual(unroutable);
    expect(await world.broker().reply(endedTask(), notifyEffect('reply'))).toEqual(unroutable);
  });

  test('an invalid address is refused, and nothing is sent there', async () => {
    const task = endedTask({ replyTo: 'amq.rabbitmq.reply-to.g1h2AA5yZXBseUA4' });
    expect(await world.broker().reply(task, notifyEffect('reply'))).toEqual({
      kind: 'refused',
      why: expect.stringContaining('reply_to must be'),
    });
    expect(await world.broker().ring('task-1', 1)).toEqual({ kind: 'sent' });
  });

  test('without a queue each message is unroutable, and the backlog unknown', async () => {
    await world.lose('davit.doorbells');
    await world.lose('davit.tasks');
    const rings = [1, 1, 2].map((run) => world.broker().ring('task-1', run));
    expect((await Promise.all(rings)).map(({ kind }) => kind)).toEqual([
      'unroutable',
      'unroutable',
      'unroutable',
    ]);
    expect(await world.broker().backlog()).toBeUndefined();
  });

  test('of a hundred messages at once, the broker port reports which were returned and which arrived', async () => {
    const isGone = (n: number) => n % 3 === 0;
    const replies = Array.from({ length: 100 }, (_, n) =>
      world
        .broker()
        .reply(
          endedTask({ replyTo: isGone(n) ? 'reply.gone' : 'reply.listener' }),
          notifyEffect('reply', `task-1/${n}/reply.failed`),
        ),
    );
    expect((await Promise.all(replies)).map(({ kind }) => kind)).toEqual(
      replies.map((_, n) => (isGone(n) ? 'unroutable' : 'sent')),
    );
  });

  test('a message that a full queue refuses is a failure', async () => {
    await world.narrow('davit.dead');
    expect(await world.broker().bury(endedTask(), dead('r'))).toEqual({ kind: 'sent' });
    expect(await world.broker().bury(endedTask(), dead('r'))).toEqual({
      kind: 'failed',
      why: expect.stringContaining('refused'),
    });
  });

  test('a missing exchange fails the event with the error text of RabbitMQ, and no doorbell at the same time', async () => {
    await world.loseExchange();
    const [first, ...others] = await Promise.all([
      world.broker().announce(endedTask(), notifyEffect('event')),
      world.broker().ring('task-1', 1),
      world.broker().announce(endedTask(), notifyEffect('event')),
      world.broker().ring('task-1', 2),
    ]);
    expect(first).toEqual({
      kind: 'failed',
      why: expect.stringContaining("no exchange 'davit.events'"),
    });
    expect(others.map(({ kind }) => kind)).toEqual(['sent', 'failed', 'sent']);
  });
});

test('a model that cannot be reached fails every message, and does not know the backlog', async () => {
  const gone = memoryBroker();
  gone.disconnect('stopped');
  expect(await gone.ring('task-1', 1)).toEqual({ kind: 'failed', why: 'stopped' });
  expect(await gone.backlog()).toBeUndefined();
  gone.reconnect();
  expect(await gone.ring('task-1', 1)).toEqual({ kind: 'sent' });
  expect(gone.ready('davit.doorbells')).toHaveLength(1);
});

describe('a direct reply', () => {
  beforeEach(realWorld.fresh);

  test('arrives while its publisher is connected, and does not fail after that', async () => {
    const received = Promise.withResolvers<string>();
    const requester = await admin.createChannel();
    await requester.assertQueue('echoes');
    await requester.consume(
      'amq.rabbitmq.reply-to',
      (message) => received.resolve(message?.content.toString() ?? 'none'),
      { noAck: true },
    );
    const options = { replyTo: 'amq.rabbitmq.reply-to' };
    requester.sendToQueue('echoes', Buffer.from('?'), options);
    await expect.poll(async () => (await channel.checkQueue('echoes')).messageCount).toBe(1);
    const task = endedTask({ replyTo: await replyToOf('echoes') });
    expect(await broker.reply(task, notifyEffect('reply'))).toEqual({ kind: 'sent' });
    expect(await received.promise).toContain('davit.task.failed');
    await requester.close();
    expect(await broker.reply(task, notifyEffect('reply'))).toEqual({ kind: 'sent' });
  });
});

const replyToOf = async (queue: string): Promise<string> => {
  const { properties } = await realWorld.taken(queue);
  return 'replyTo' in properties ? String(properties.replyTo) : 'none';
};

describe('a broker that cannot be reached', () => {
  beforeEach(realWorld.fresh);

  test('is reported as a failure', async () => {
    const nowhere = rabbitBroker(
      { url: 'amqp://127.0.0.1:1', virtualHost: '/', login: async () => rabbit.admin },
      sender,
    );
    expect(await nowhere.ring('task-1', 1)).toEqual({
      kind: 'failed',
      why: expect.stringContaining('ECONNREFUSED'),
      silent: 'peer',
    });
    expect(await nowhere.backlog()).toBeUndefined();
  });

  test('a refused login is tried once more with a fresh secret', async () => {
    const logins: boolean[] = [];
    const rotated = rabbitBroker(
      {
        url: rabbit.amqpUrl,
        virtualHost: '/',
        login: async (fresh) => {
          logins.push(fresh);
          return fresh ? rabbit.admin : { username: 'davit', password: 'old' };
        },
      },
      sender,
    );
    expect(await rotated.ring('task-1', 1)).toEqual({ kind: 'sent' });
    expect(logins).toEqual([false, true]);
    await rotated.close();
  });

  test('a secret that cannot be read is a failure with its error text', async () => {
    const secretless = brokerAt(() => Promise.reject(new Error('no such secret')));
    expect(await secretless.ring('task-1', 1)).toEqual({ kind: 'failed', why: 'no such secret' });
  });

  test('a missing virtual host is named, with its slash', async () => {
    const other = rabbitBroker(
      { url: rabbit.amqpUrl, virtualHost: 'not/there', login: async () => rabbit.admin },
      sender,
    );
    expect(await other.ring('task-1', 1)).toMatchObject({
      why: expect.stringContaining('virtual host "not/there"'),
    });
  });

  test('a connection that was closed between two publishes is opened again, without a failure', async () => {
    expect(await broker.ring('task-1', 1)).toEqual({ kind: 'sent' });
    await rabbit.stop();
    expect(await broker.ring('task-1', 2)).toMatchObject({ kind: 'failed' });
    rabbit = await start();
    await adminChannel();
    await realWorld.fresh();
    await expect
      .poll(() => broker.ring('task-1', 3), { timeout: 10_000 })
      .toEqual({ kind: 'sent' });
    expect((await realWorld.taken('davit.doorbells')).properties).toMatchObject({
      headers: { 'davit-run': 3 },
    });
  });

  test('a connection that died while Lambda was frozen does not fail the publish', async () => {
    await broker.ring('task-1', 1);
    await channel.purgeQueue('davit.doorbells');
    await closeConnectionsOfOthers();
    expect(await broker.ring('task-1', 2)).toEqual({ kind: 'sent' });
    expect(await broker.doorbells()).toBe(1);
  });

  test('nor does it fail the backlog, when its end could not be noticed', async () => {
    await broker.ring('task-1', 1);
    await closeConnectionsUnnoticed();
    expect(await broker.doorbells()).toBe(1);
    await adminChannel();
  });
});

/** The state that a Lambda finds after it was frozen: this process is stopped while its connections are closed. */
const closeConnectionsUnnoticed = async (): Promise<void> => {
  const { username, password } = rabbit.admin;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const headers = { authorization, connection: 'close' };
  const api = `${rabbit.managementUrl}/api/connections`;
  const known = async (): Promise<unknown> => (await fetch(api, { headers })).json();
  await expect.poll(known, { timeout: 20_000 }).toHaveProperty('1');
  const closing = `
    const headers = ${JSON.stringify(headers)};
    for (const { name } of await (await fetch('${api}', { headers })).json())
      await fetch('${api}/' + encodeURIComponent(name), { method: 'DELETE', headers });`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', closing]);
};

const closeConnectionsOfOthers = async (): Promise<void> => {
  const { username, password } = rabbit.admin;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const headers = { authorization, connection: 'close' };
  const list = async (): Promise<readonly { name: string }[]> => {
    const answer = await fetch(`${rabbit.managementUrl}/api/connections`, { headers });
    const found: unknown = await answer.json();
    return Array.isArray(found) ? found : [];
  };
  // The management database lags behind the broker.
  await expect.poll(async () => (await list()).length, { timeout: 20_000 }).toBeGreaterThan(1);
  for (const { name } of await list()) {
    await fetch(`${rabbit.managementUrl}/api/connections/${encodeURIComponent(name)}`, {
      method: 'DELETE',
      headers,
    });
  }
  await adminChannel();
};
