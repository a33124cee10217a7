import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Rabbit, startRabbit } from '../../local/rabbitmq/rabbitmq.ts';
import type { Login } from '../../shared/rabbit/dial.ts';
import { managementOf } from '../../shared/rabbit/management.ts';
import { declareTopology, type TopologyReport } from '../../shared/rabbit/topology.ts';

const users = {
  functions: { username: 'davit', password: 'functions-secret-1' },
  publisher: { username: 'publisher', password: 'publisher-secret-1' },
};

const dir = mkdtempSync(join(tmpdir(), 'davit-topology-'));
const { signal } = new AbortController();
let rabbit: Rabbit;
const open: ChannelModel[] = [];

beforeAll(async () => {
  rabbit = await startRabbit({ dir, log: () => {} });
});

afterEach(async () => {
  for (const model of open.splice(0)) {
    await model.close().catch(() => {});
  }
});

afterAll(async () => {
  await rabbit?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const declared = (
  vhost: string,
  changed: Partial<Parameters<typeof declareTopology>[0]> = {},
): Promise<TopologyReport> =>
  declareTopology({
    managementUrl: rabbit.managementUrl,
    admin: rabbit.admin,
    users,
    stage: 'prod',
    vhost,
    replyPrefix: 'reply.',
    signal,
    ...changed,
  });

const howOf = (report: TopologyReport): Record<string, string> =>
  Object.fromEntries(report.things.map(({ what, how }) => [what, how]));

const api = (method: 'GET' | 'PUT' | 'POST', path: string, body?: object) =>
  managementOf(rabbit.managementUrl, rabbit.admin, signal)(method, path, body);

const channelOf = async ({ username, password }: Login, vhost: string): Promise<ConfirmChannel> => {
  const { hostname, port } = new URL(rabbit.amqpUrl);
  const model = await connect({ hostname, port: Number(port), username, password, vhost });
  model.on('error', () => {});
  open.push(model);
  const channel = await model.createConfirmChannel();
  channel.on('error', () => {});
  return channel;
};

/** Resolves with the error text of the broker. A refusal closes the channel, so each act has its own. */
const refusalOf = async (
  login: Login,
  vhost: string,
  act: (channel: ConfirmChannel) => Promise<unknown>,
): Promise<string> => {
  const channel = await channelOf(login, vhost);
  return act(channel).then(
    () => 'none',
    (error: Error) => error.message,
  );
};

const publish = async (channel: ConfirmChannel, exchange: string, key: string): Promise<void> => {
  await new Promise<void>((done, failed) => {
    channel.once('error', failed);
    channel.publish(exchange, key, Buffer.from('{}'));
    channel.waitForConfirms().then(done, failed);
  });
};

const ready = async (channel: ConfirmChannel, queue: string): Promise<number> =>
  (await channel.checkQueue(queue)).messageCount;

describe('topology, declared on a real broker', () => {
  it('creates everything in a virtual host, and nothing the second time', async () => {
    const first = await declared('first/one');
    expect(first.faults).toEqual([]);
    expect(howOf(first)).toMatchObject({
      'virtual host first/one': 'created',
      'exchange davit': 'created',
      'queue davit.tasks': 'created',
      'binding of davit.tasks to davit': 'created',
      'user davit': 'set',
      'permissions of publisher': 'set',
    });
    const second = await declared('first/one');
    expect(second.faults).toEqual([]);
    const { 'user davit': davit, 'user publisher': publisher, ...rest } = howOf(second);
    expect([davit, publisher]).toEqual(['set', 'set']);
    expect(new Set(Object.values(rest))).toEqual(new Set(['present', 'absent']));
  });

  it('creates durable quorum queues', async () => {
    await declared('/');
    for (const name of [
      'davit.tasks',
      'davit.control',
      'davit.doorbells',
      'davit.dead',
      'davit.dropped',
    ]) {
      const { body } = await api('GET', `queues/%2F/${name}`);
      expect(body).toMatchObject({ durable: true, auto_delete: false, type: 'quorum' });
    }
  });

  it('lets the web server publish to davit and read replies of its own', async () => {
    await declared('publisher');
    const channel = await channelOf(users.publisher, 'publisher');
    await publish(channel, 'davit', 'davit.tasks');
    await publish(channel, 'davit', 'davit.control');
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.consume(queue, () => {}, { noAck: true });
    await channel.assertQueue('reply.web-1', { durable: true });
    await channel.consume('reply.web-1', () => {}, { noAck: true });
    await channel.consume('amq.rabbitmq.reply-to', () => {}, { noAck: true });
    const functions = await channelOf(users.functions, 'publisher');
    expect(await ready(functions, 'davit.tasks')).toBe(1);
    expect(await ready(functions, 'davit.control')).toBe(1);
    await publish(functions, '', queue);
    await publish(functions, '', 'reply.web-1');
  });

  it('lets the web server also publish through the default exchange on the stage local', async () => {
    await declared('publisher-local', { stage: 'local' });
    const channel = await channelOf(users.publisher, 'publisher-local');
    await publish(channel, '', 'davit.tasks');
    const functions = await channelOf(users.functions, 'publisher-local');
    expect(await ready(functions, 'davit.tasks')).toBe(1);
  });

  it.each<[string, (channel: ConfirmChannel) => Promise<unknown>]>([
    ['read davit.tasks', (channel) => channel.consume('davit.tasks', () => {})],
    ['read davit.dead', (channel) => channel.get('davit.dead')],
    ['read davit.dropped', (channel) => channel.get('davit.dropped')],
    ['empty davit.tasks', (channel) => channel.purgeQueue('davit.tasks')],
    ['delete davit.tasks', (channel) => channel.deleteQueue('davit.tasks')],
    ['declare a queue of ours', (channel) => channel.assertQueue('davit.more')],
    ['delete the exchange davit', (channel) => channel.deleteExchange('davit')],
    ['declare a queue that is not for replies', (channel) => channel.assertQueue('billing.jobs')],
    ['read a queue of others', (channel) => channel.get('theirs')],
    ['publish to davit.events', (channel) => publish(channel, 'davit.events', 'echo.failed')],
    ['publish to davit.dlx', (channel) => publish(channel, 'davit.dlx', '')],
    ['publish to amq.topic', (channel) => publish(channel, 'amq.topic', 'x')],
    ['publish by the default exchange', (channel) => publish(channel, '', 'davit.dead')],
  ])('does not let the web server %s', async (_what, act) => {
    await declared('publisher');
    expect(await refusalOf(users.publisher, 'publisher', act)).toMatch(
      /ACCESS_REFUSED|ACCESS-REFUSED/,
    );
  });

  it('lets the functions do everything that triggers and adapters need, and declare nothing', async () => {
    await declared('functions');
    const channel = await channelOf(users.functions, 'functions');
    await publish(channel, 'davit.events', 'echo.succeeded');
    await publish(channel, '', 'davit.tasks');
    await publish(channel, '', 'davit.dead');
    await channel.prefetch(1);
    await new Promise((seen) => {
      void channel.consume('davit.tasks', (message) => {
        if (message) channel.ack(message);
        seen(message);
      });
    });
    const refused = /ACCESS[-_]REFUSED/;
    const { functions } = users;
    expect(await refusalOf(functions, 'functions', (c) => c.assertQueue('x'))).toMatch(refused);
    expect(await refusalOf(functions, 'functions', (c) => c.get('davit.dead'))).toMatch(refused);
    expect(await refusalOf(functions, 'functions', (c) => c.purgeQueue('davit.dead'))).toMatch(
      refused,
    );
    expect(await refusalOf(functions, 'functions', (c) => c.deleteQueue('davit.tasks'))).toMatch(
      refused,
    );
  });

  it('sends only rejected and expired messages to davit.dropped', async () => {
    await declared('dead');
    const channel = await channelOf(users.functions, 'dead');
    channel.publish('', 'davit.tasks', Buffer.from('expires'), { expiration: '1' });
    await publish(channel, '', 'davit.tasks');
    await new Promise((seen) => {
      void channel.consume('davit.tasks', (message) => {
        if (message) channel.nack(message, false, false);
        seen(message);
      });
    });
    await expect.poll(() => ready(channel, 'davit.dropped'), { timeout: 10_000 }).toBe(2);
    expect(await ready(channel, 'davit.dead')).toBe(0);
  });

  it('sends dropped messages to davit.dropped also on a broker that an older Davit declared, and keeps the messages in its queues', async () => {
    const quorum = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
    await api('PUT', 'vhosts/older', {});
    await api('PUT', 'permissions/older/davit-admin', { configure: '.*', write: '.*', read: '.*' });
    await api('PUT', 'exchanges/older/davit.dlx', { type: 'fanout', durable: true });
    await api('PUT', 'queues/older/davit.dead', quorum);
    const old = { routing_key: '', arguments: {} };
    await api('POST', 'bindings/older/e/davit.dlx/q/davit.dead', old);
    const own = await channelOf(rabbit.admin, 'older');
    await own.assertQueue('feed');
    await own.bindQueue('feed', 'davit.dlx', '');
    await publish(own, 'davit.dlx', '');
    const first = await declared('older');
    expect(first.faults).toEqual([]);
    expect(howOf(first)).toMatchObject({
      'binding of davit.dropped to davit.dlx': 'created',
      'binding of davit.dead to davit.dlx, which an older Davit made': 'removed',
    });
    await publish(own, 'davit.dlx', '');
    const counts = ['davit.dead', 'davit.dropped', 'feed'].map((name) => ready(own, name));
    expect(await Promise.all(counts)).toEqual([1, 1, 2]);
    expect(howOf(await declared('older'))).toMatchObject({
      'binding of davit.dead to davit.dlx, which an older Davit made': 'absent',
    });
  });

  it('keeps messages when it is declared again, and sets a rotated password', async () => {
    await declared('again');
    await publish(await channelOf(users.functions, 'again'), '', 'davit.tasks');
    const rotated = { ...users, functions: { username: 'davit', password: 'functions-secret-2' } };
    expect((await declared('again', { users: rotated })).faults).toEqual([]);
    const channel = await channelOf(rotated.functions, 'again');
    expect(await ready(channel, 'davit.tasks')).toBe(1);
    await expect(channelOf(users.functions, 'again')).rejects.toThrow(/ACCESS[-_]REFUSED/);
    await declared('again');
  });

  it('names every object that exists but differs, does not change it, and declares all the others', async () => {
    await api('PUT', 'vhosts/odd', {});
    await api('PUT', 'queues/odd/davit.tasks', { durable: true, arguments: { 'x-max-length': 7 } });
    await api('PUT', 'exchanges/odd/davit.events', { type: 'direct', durable: true });
    const report = await declared('odd');
    expect(report.faults).toEqual([
      expect.stringMatching(
        /^exchange davit\.events: expected .*"topic".*, but .*"direct".* came; Davit never deletes/,
      ),
      expect.stringMatching(
        /^queue davit\.tasks: expected .*"quorum".*, but .*"x-max-length":7.* came; Davit never deletes/,
      ),
    ]);
    expect(howOf(report)).toMatchObject({
      'exchange davit.events': 'wrong',
      'queue davit.tasks': 'wrong',
      'queue davit.control': 'created',
      'binding of davit.tasks to davit': 'created',
      'permissions of publisher': 'set',
    });
    expect((await api('GET', 'queues/odd/davit.tasks')).body).toMatchObject({
      arguments: { 'x-max-length': 7 },
    });
  });

  it('names the fault of the administrator, the address or the users, and changes nothing', async () => {
    const unknownUser = { username: 'unknown', password: 'nothing' };
    expect((await declared('none', { admin: unknownUser })).faults).toEqual([
      expect.stringMatching(
        /^management API at .*: expected RabbitMQ's version, but 401 .*; check its address and/,
      ),
    ]);
    expect((await declared('none', { managementUrl: 'http://127.0.0.1:1' })).faults).toEqual([
      expect.stringMatching(
        /^management API at http:\/\/127\.0\.0\.1:1: expected .*, but .*; check/,
      ),
    ]);
    const same = { ...users, functions: rabbit.admin };
    expect((await declared('none', { users: same })).faults).toEqual([
      expect.stringMatching(/^users: expected three users/),
    ]);
    expect((await api('GET', 'vhosts/none')).status).toBe(404);
    expect((await api('GET', 'whoami')).body).toMatchObject({ tags: ['administrator'] });
  });

  it('stops when its signal is aborted', async () => {
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(declared('none', { signal: stopped })).rejects.toThrow('enough');
  });
});

describe('a queue that a publisher would bind to davit.events', () => {
  // Decision 10 says what follows: the publisher may not bind its queues.
  it.each([
    ['classic', 'refuses'],
    ['quorum', 'takes'],
  ] as const)(
    'that is %s and refuses what is too much %s it, whatever a policy says',
    async (type, how) => {
      const vhost = `bound-${type}`;
      await declared(vhost);
      const definition = { overflow: 'drop-head', 'max-length': 10 };
      const policy = { pattern: '^reply[.]', priority: 100, definition, 'apply-to': 'queues' };
      const policies = `policies/${vhost}/davit-replies`;
      expect((await api('PUT', policies, policy)).status).toBeLessThan(300);
      const admin = await channelOf(rabbit.admin, vhost);
      const args = { 'x-queue-type': type, 'x-max-length': 1, 'x-overflow': 'reject-publish' };
      await admin.assertQueue('reply.web', { durable: true, arguments: args });
      await admin.bindQueue('reply.web', 'davit.events', '#');
      await expect
        .poll(async () => (await api('GET', `queues/${vhost}/reply.web`)).body, { timeout: 30_000 })
        .toMatchObject({ policy: 'davit-replies' });
      const functions = await channelOf(users.functions, vhost);
      const outcomes: string[] = [];
      for (let n = 0; n < 10; n += 1)
        outcomes.push(
          await new Promise<string>((resolve) => {
            functions.publish('davit.events', 'echo.running', Buffer.from('{}'), {}, (error) =>
              resolve(error === null ? 'takes' : 'refuses'),
            );
          }),
        );
      expect(outcomes.at(-1)).toBe(how);
    },
  );
});
