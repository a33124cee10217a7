/**
 * Attacker: a hostile web server with the broker's login `publisher`.
 * Goal: to fill the disk and memory of the broker, which all share (at its alarms RabbitMQ blocks every publisher, Davit
 * too): by dead letters that no one consumes, by tasks faster than Davit consumes them, and by tasks that expire.
 * What remains possible: to fill queues up to their limits. New dead letters push out older ones, whose rows remain; messages
 * beyond the limit of `davit.tasks` are refused by a negative confirm, also those of other publishers; of the messages that
 * expire, the oldest are dropped. The broker goes on, and so do Davit's replies, events and dead letters.
 */
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

const MiB = 1024 * 1024;
const dir = mkdtempSync(join(tmpdir(), 'davit-growth-'));
const { signal } = new AbortController();
let rabbit: Rabbit;
const open: ChannelModel[] = [];

beforeAll(async () => {
  rabbit = await startRabbit({ dir, log: () => {} });
});

afterEach(async () => {
  for (const model of open.splice(0)) await model.close().catch(() => {});
});

afterAll(async () => {
  await rabbit?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const declared = (vhost: string): Promise<TopologyReport> => {
  const { managementUrl, admin } = rabbit;
  return declareTopology({
    managementUrl,
    admin,
    users,
    stage: 'prod',
    vhost,
    replyPrefix: 'reply.',
    signal,
  });
};

const api = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object) =>
  managementOf(rabbit.managementUrl, rabbit.admin, signal)(method, path, body);

const channelOf = async (login: Login, vhost: string): Promise<ConfirmChannel> => {
  const { hostname, port } = new URL(rabbit.amqpUrl);
  const model = await connect({ hostname, port: Number(port), ...login, vhost });
  model.on('error', () => {});
  open.push(model);
  const channel = await model.createConfirmChannel();
  channel.on('error', () => {});
  return channel;
};

interface Flood {
  readonly exchange: string;
  readonly key: string;
  readonly body: Buffer;
  readonly expiration?: string;
}

/** Publishes this number of messages, and returns how many the broker refused by a negative confirm. */
const refusedOf = async (
  channel: ConfirmChannel,
  count: number,
  { exchange, key, body, ...options }: Flood,
): Promise<number> => {
  const confirmed = Array.from(
    { length: count },
    () =>
      new Promise<boolean>((done) => {
        channel.publish(exchange, key, body, { persistent: true, ...options }, (error) =>
          done(Boolean(error)),
        );
      }),
  );
  return (await Promise.all(confirmed)).filter(Boolean).length;
};

const ready = async (channel: ConfirmChannel, queue: string): Promise<number> =>
  (await channel.checkQueue(queue)).messageCount;

describe('davit.dead without a consumer', () => {
  const letter = { exchange: '', key: 'davit.dead' };

  it('holds 10,000 dead letters, drops the oldest for the newest, and refuses none', async () => {
    await declared('letters');
    const davit = await channelOf(users.functions, 'letters');
    await refusedOf(davit, 1, { ...letter, body: Buffer.from('the oldest') });
    expect(await refusedOf(davit, 10_020, { ...letter, body: Buffer.from('{}') })).toBe(0);
    expect(await ready(davit, 'davit.dead')).toBe(10_000);
    const admin = await channelOf(rabbit.admin, 'letters');
    const first = await admin.get('davit.dead', { noAck: true });
    expect(first).toMatchObject({ content: Buffer.from('{}') });
    // Dropped letters go to no other queue: from there they would become rejected tasks with new dead letters.
    expect(await ready(davit, 'davit.dropped')).toBe(0);
  });

  it('holds 128 MiB of bodies', async () => {
    await declared('bytes');
    const davit = await channelOf(users.functions, 'bytes');
    for (let sent = 0; sent < 140; sent += 10) {
      await refusedOf(davit, 10, { ...letter, body: Buffer.alloc(MiB) });
    }
    expect(await ready(davit, 'davit.dead')).toBe(128);
  });
});

describe('the queues that a publisher fills', () => {
  const task = { exchange: 'davit', key: 'davit.tasks', body: Buffer.from('{"tool":"echo"}') };

  /** The policy of that name as topology set it, with this length: what it does can be seen without half a million messages. */
  const shortened = async (vhost: string, name: string, length: number): Promise<void> => {
    const { body } = await api('GET', `policies/${vhost}/${name}`);
    const { definition, pattern, priority, ...rest } = body as Record<string, unknown>;
    const short = { ...(definition as object), 'max-length': length };
    const put = { pattern, priority, 'apply-to': rest['apply-to'], definition: short };
    expect((await api('PUT', `policies/${vhost}/${name}`, put)).status).toBe(204);
  };

  it.each([
    ['davit.tasks', 500_000, 2_048, 'reject-publish'],
    ['davit.control', 500_000, 2_048, 'reject-publish'],
    ['davit.dropped', 100_000, 1_024, 'drop-head'],
    ['davit.dead', 10_000, 128, 'drop-head'],
  ])('%s holds %d messages and %d MiB, then: %s', async (queue, messages, mib, overflow) => {
    expect((await declared('figures')).faults).toEqual([]);
    const { body } = await api('GET', 'policies/figures');
    const found = (body as { pattern: string; definition: object }[]).filter(({ pattern }) =>
      new RegExp(pattern).test(queue),
    );
    const limits = { 'max-length': messages, 'max-length-bytes': mib * MiB, overflow };
    expect(found.map(({ definition }) => definition)).toEqual([limits]);
  });

  it('davit.tasks refuses by a negative confirm, and accepts messages again once it was read', async () => {
    await declared('tasks');
    await shortened('tasks', 'davit-tasks', 20);
    const publisher = await channelOf(users.publisher, 'tasks');
    const davit = await channelOf(users.functions, 'tasks');
    // A queue of this type still accepts the messages that are on their way when it becomes full, but none after them.
    const taken = 500 - (await refusedOf(publisher, 500, task));
    expect(await refusedOf(publisher, 500, task)).toBe(500);
    expect(await ready(davit, 'davit.tasks')).toBe(taken);
    // A refused message is not "dropped by the broker": it gets no row.
    expect(await ready(davit, 'davit.dropped')).toBe(0);
    let read = 0;
    await davit.consume('davit.tasks', (message) => {
      if (message) davit.ack(message);
      read += 1;
    });
    await expect.poll(() => read, { timeout: 20_000 }).toBeGreaterThanOrEqual(taken);
    await expect.poll(() => refusedOf(publisher, 1, task), { timeout: 20_000 }).toBe(0);
  });

  it('expired messages fill davit.dropped only up to its limit, and leave nothing in davit.tasks', async () => {
    await declared('expiring');
    await shortened('expiring', 'davit-dropped', 20);
    const publisher = await channelOf(users.publisher, 'expiring');
    const davit = await channelOf(users.functions, 'expiring');
    expect(await refusedOf(publisher, 500, { ...task, expiration: '1' })).toBe(0);
    await expect.poll(() => ready(davit, 'davit.tasks'), { timeout: 20_000 }).toBe(0);
    await expect.poll(() => ready(davit, 'davit.dropped'), { timeout: 20_000 }).toBe(20);
  });
});

describe('topology, when a limit cannot be set', () => {
  const grown = { pattern: '.*', priority: 200, 'apply-to': 'queues' };

  it('names a policy of the operator that has precedence and sets no limit', async () => {
    await declared('overruled');
    await api('PUT', 'policies/overruled/ours', { ...grown, definition: { expires: 9e8 } });
    const { faults } = await declared('overruled');
    expect(faults).toHaveLength(3);
    expect(faults[0]).toMatch(
      /^limit of davit\.dead: expected .*, but the policy "ours" \(priority 200\) has precedence for .*; /,
    );
    await api('PUT', 'policies/overruled/ours', { ...grown, definition: { 'max-length': 7 } });
    expect((await declared('overruled')).faults).toEqual([]);
  });

  it("refuses an operator's limit that would refuse letters, or lead them back", async () => {
    await declared('refusing');
    const { definition: _none, ...dead } = { ...grown, pattern: 'dead', definition: {} };
    for (const more of [{ overflow: 'reject-publish' }, { 'dead-letter-exchange': 'davit.dlx' }]) {
      const definition = { 'max-length': 7, ...more };
      await api('PUT', 'policies/refusing/ours', { ...dead, definition });
      expect((await declared('refusing')).faults).toEqual([
        expect.stringMatching(/^limit of davit\.dead: expected .*"ours"/),
      ]);
    }
  });

  it('drops no dead letter of an older stage by itself, but says what to do', async () => {
    await declared('older');
    await api('DELETE', 'policies/older/davit-dead');
    const davit = await channelOf(users.functions, 'older');
    const letter = { exchange: '', key: 'davit.dead', body: Buffer.from('{}') };
    await refusedOf(davit, 10_050, letter);
    const counted = async () =>
      ((await api('GET', 'queues/older/davit.dead')).body as { messages?: number }).messages;
    await expect.poll(counted, { timeout: 30_000 }).toBe(10_050);
    expect((await declared('older')).faults).toEqual([
      expect.stringMatching(/^limit of davit\.dead: expected .* 10050 messages .*declare again/),
    ]);
    expect(await ready(davit, 'davit.dead')).toBe(10_050);
    await (await channelOf(rabbit.admin, 'older')).purgeQueue('davit.dead');
    await expect.poll(counted, { timeout: 30_000 }).toBe(0);
    expect((await declared('older')).faults).toEqual([]);
  });
});
