import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Channel, type ChannelModel, connect, type GetMessage } from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Rabbit, startRabbit } from '../../local/rabbitmq/rabbitmq.ts';
import { type ConnectedBroker, rabbitBroker } from '../../shared/rabbit/broker.ts';
import { effectTelling, endedTask } from '../kit/tasks-for-broker.ts';

const dir = mkdtempSync(join(tmpdir(), 'davit-broker-'));
let rabbit: Rabbit;
let admin: ChannelModel;
let channel: Channel;
let broker: ConnectedBroker;
const logins: boolean[] = [];

const start = () => startRabbit({ dir, log: () => {} });

const adminChannel = async (): Promise<void> => {
  const { username, password } = rabbit.admin;
  admin = await connect(rabbit.amqpUrl.replace('//', `//${username}:${password}@`));
  admin.on('error', () => {});
  channel = await admin.createChannel();
};

const brokerAt = (login = async () => rabbit.admin): ConnectedBroker =>
  rabbitBroker({ url: rabbit.amqpUrl, virtualHost: '/', login }, '/davit/test');

const taken = async (queue: string): Promise<GetMessage> => {
  const message = await channel.get(queue, { noAck: true });
  if (message === false) {
    throw new Error(`expected a message in ${queue}`);
  }
  return message;
};

const declareAll = async (): Promise<void> => {
  for (const queue of ['davit.tasks', 'davit.dead', 'listener']) {
    await channel.assertQueue(queue, { durable: true });
    await channel.purgeQueue(queue);
  }
  await channel.assertExchange('davit.events', 'topic', { durable: true });
  await channel.bindQueue('listener', 'davit.events', 'echo.*');
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

beforeEach(declareAll);

describe('what is published', () => {
  test('a doorbell names task and run, and has no body', async () => {
    expect(await broker.ring('task-1', 3)).toEqual({ kind: 'sent' });
    const { properties, content } = await taken('davit.tasks');
    expect(content).toHaveLength(0);
    expect(properties).toMatchObject({
      messageId: 'task-1',
      deliveryMode: 2,
      headers: { 'davit-run': 3 },
    });
  });

  test('a task message of control carries body, id and priority', async () => {
    const body = Buffer.from('{"tool":"echo"}');
    expect(await broker.submit('task-1', body, 4)).toEqual({ kind: 'sent' });
    const { properties, content } = await taken('davit.tasks');
    expect(content).toEqual(body);
    expect(properties).toMatchObject({ messageId: 'task-1', priority: 4, deliveryMode: 2 });
  });

  test('a dead letter is the message as it was, with run and reason beside it', async () => {
    const task = endedTask({ replyTo: 'mine', correlationId: 'c', priority: 5 });
    const effect = { kind: 'dead', id: 'task-1/2/dead', run: 2, reason: 'exit 64' } as const;
    expect(await broker.bury(task, effect)).toEqual({ kind: 'sent' });
    const { properties, content } = await taken('davit.dead');
    expect(content).toEqual(Buffer.from('{"tool":"echo"}'));
    expect(properties).toMatchObject({
      messageId: 'task-1',
      replyTo: 'mine',
      correlationId: 'c',
      priority: 5,
      headers: { 'davit-dead': 2, 'davit-reason': 'exit 64' },
    });
  });

  test('a dead letter whose body was too large to keep says its size and digest', async () => {
    const { payload: _payload, ...task } = endedTask({ payloadBytes: 70_000 });
    await broker.bury(task, { kind: 'dead', id: 'd', run: 0, reason: 'r'.repeat(100_000) });
    const { properties, content } = await taken('davit.dead');
    expect(content).toHaveLength(0);
    expect(properties.headers).toMatchObject({ 'davit-bytes': 70_000, 'davit-digest': 'd1' });
    expect(properties.headers?.['davit-reason']).toHaveLength(2_000);
  });

  test('an event goes to davit.events under the tool and what happened', async () => {
    expect(await broker.announce(endedTask(), effectTelling('event'))).toEqual({ kind: 'sent' });
    const { fields, properties, content } = await taken('listener');
    expect(fields.routingKey).toBe('echo.failed');
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

  test('an event to which nobody listens is sent all the same', async () => {
    await channel.unbindQueue('listener', 'davit.events', 'echo.*');
    expect(await broker.announce(endedTask(), effectTelling('event'))).toEqual({ kind: 'sent' });
  });

  test('a reply goes to the publisher with the correlation id of the task', async () => {
    const task = endedTask({ replyTo: 'listener', correlationId: 'c-7' });
    expect(await broker.reply(task, effectTelling('reply'))).toEqual({ kind: 'sent' });
    expect((await taken('listener')).properties.correlationId).toBe('c-7');
  });

  test('a direct reply arrives while its publisher is there, and is no failure after that', async () => {
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
    const task = endedTask({ replyTo: (await taken('echoes')).properties.replyTo });
    expect(await broker.reply(task, effectTelling('reply'))).toEqual({ kind: 'sent' });
    expect(await received.promise).toContain('davit.task.failed');
    await requester.close();
    expect(await broker.reply(task, effectTelling('reply'))).toEqual({ kind: 'sent' });
  });

  test('the backlog is what waits in davit.tasks', async () => {
    await Promise.all([1, 2, 3].map((run) => broker.ring('task-1', run)));
    expect(await broker.backlog()).toBe(3);
  });
});

describe('what nobody takes', () => {
  test('a reply to a queue that is gone is unroutable, and so is one without an address', async () => {
    const task = endedTask({ replyTo: 'gone' });
    expect(await broker.reply(task, effectTelling('reply'))).toEqual({ kind: 'unroutable' });
    expect(await broker.reply(endedTask(), effectTelling('reply'))).toEqual({ kind: 'unroutable' });
  });

  test('without a queue each message is unroutable, and the backlog unknown', async () => {
    await channel.deleteQueue('davit.tasks');
    expect(
      await Promise.all([broker.ring('a', 1), broker.ring('a', 1), broker.ring('b', 1)]),
    ).toEqual([{ kind: 'unroutable' }, { kind: 'unroutable' }, { kind: 'unroutable' }]);
    expect(await broker.backlog()).toBeUndefined();
  });

  test('of a hundred messages at once, those that were returned are told from those that arrived', async () => {
    const replies = Array.from({ length: 100 }, (_, n) =>
      broker.reply(
        endedTask({ replyTo: n % 3 === 0 ? 'gone' : 'listener' }),
        effectTelling('reply', `task-1/${n}/reply.failed`),
      ),
    );
    const kinds = (await Promise.all(replies)).map(({ kind }) => kind);
    expect(kinds).toEqual(
      Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? 'unroutable' : 'sent')),
    );
  });

  test('a full queue that refuses is a failure, not a message sent', async () => {
    await channel.deleteQueue('davit.dead');
    await channel.assertQueue('davit.dead', {
      durable: true,
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    const effect = { kind: 'dead', id: 'd', run: 2, reason: 'r' } as const;
    expect(await broker.bury(endedTask(), effect)).toEqual({ kind: 'sent' });
    expect(await broker.bury(endedTask(), effect)).toEqual({
      kind: 'failed',
      why: expect.stringContaining('refused'),
    });
    await channel.deleteQueue('davit.dead');
  });

  test('a missing exchange fails the event in the words of RabbitMQ, and no doorbell beside it', async () => {
    await channel.deleteExchange('davit.events');
    const sent = await Promise.all([
      broker.announce(endedTask(), effectTelling('event')),
      broker.ring('task-1', 1),
      broker.announce(endedTask(), effectTelling('event')),
      broker.ring('task-1', 2),
    ]);
    expect(sent.map(({ kind }) => kind)).toEqual(['failed', 'sent', 'failed', 'sent']);
    expect(sent[0]).toMatchObject({ why: expect.stringContaining("no exchange 'davit.events'") });
  });
});

describe('a broker that is away', () => {
  test('is told as a failure', async () => {
    const nowhere = rabbitBroker(
      { url: 'amqp://127.0.0.1:1', virtualHost: '/', login: async () => rabbit.admin },
      '/davit/test',
    );
    expect(await nowhere.ring('task-1', 1)).toEqual({
      kind: 'failed',
      why: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await nowhere.backlog()).toBeUndefined();
  });

  test('a refused login is tried once more with a fresh secret', async () => {
    logins.length = 0;
    const rotated = rabbitBroker(
      {
        url: rabbit.amqpUrl,
        virtualHost: '/',
        login: async (fresh) => {
          logins.push(fresh);
          return fresh ? rabbit.admin : { username: 'davit', password: 'old' };
        },
      },
      '/davit/test',
    );
    expect(await rotated.ring('task-1', 1)).toEqual({ kind: 'sent' });
    expect(logins).toEqual([false, true]);
    await rotated.close();
  });

  test('a secret that cannot be read is a failure in its own words', async () => {
    const secretless = brokerAt(() => Promise.reject(new Error('no such secret')));
    expect(await secretless.ring('task-1', 1)).toEqual({ kind: 'failed', why: 'no such secret' });
  });

  test('a virtual host that is not there is named, slash and all', async () => {
    const other = rabbitBroker(
      { url: rabbit.amqpUrl, virtualHost: 'not/there', login: async () => rabbit.admin },
      '/davit/test',
    );
    expect(await other.ring('task-1', 1)).toMatchObject({
      why: expect.stringContaining('virtual host "not/there"'),
    });
  });

  test('a connection that was ended between two publishes is made anew, unnoticed', async () => {
    expect(await broker.ring('task-1', 1)).toEqual({ kind: 'sent' });
    await rabbit.stop();
    expect(await broker.ring('task-1', 2)).toMatchObject({ kind: 'failed' });
    rabbit = await start();
    await adminChannel();
    await declareAll();
    await expect
      .poll(() => broker.ring('task-1', 3), { timeout: 10_000 })
      .toEqual({ kind: 'sent' });
    expect((await taken('davit.tasks')).properties.headers).toEqual({ 'davit-run': 3 });
  });

  test('a connection that died in its sleep costs the publish nothing', async () => {
    await broker.ring('task-1', 1);
    await channel.purgeQueue('davit.tasks');
    await closeConnectionsOfOthers();
    expect(await broker.ring('task-1', 2)).toEqual({ kind: 'sent' });
    expect(await broker.backlog()).toBe(1);
  });
});

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
