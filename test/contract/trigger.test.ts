import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Invocation } from '../../local/lambda/invoke.ts';
import type { TriggerPlan } from '../../local/lambda/plan-mappings.ts';
import { startTrigger } from '../../local/lambda/trigger/trigger.ts';
import { type Broker, openBroker } from '../../local/rabbitmq/broker.ts';
import { isObject } from '../../shared/core/object.ts';
import { until } from '../kit/until.ts';

let dir: string;
let broker: Broker;
let connection: ChannelModel;
let channel: ConfirmChannel;
let queueNumber = 0;
let plan: TriggerPlan;

const url = (): string => {
  const { username, password } = broker.admin();
  return broker.amqpUrl().replace('://', `://${username}:${password}@`);
};

const open = async (): Promise<void> => {
  connection = await connect(url());
  connection.on('error', () => {});
  channel = await connection.createConfirmChannel();
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'davit-trigger-'));
  broker = await openBroker({ dir, signal: undefined, log: () => {} });
  await open();
});

afterAll(async () => {
  await connection.close();
  await broker.stop();
  rmSync(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  queueNumber += 1;
  plan = {
    functionName: 'f',
    sourceArn: 'arn:aws:mq:eu-central-1:123456789012:broker:davit:b-1',
    queue: `tasks-${queueNumber}`,
    virtualHost: '/',
    secretArn: 's',
    batchSize: 10,
    windowMs: 0,
  };
  await channel.assertQueue(plan.queue, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum' },
  });
});

const publish = async (...bodies: readonly (string | Buffer)[]): Promise<void> => {
  for (const body of bodies) {
    channel.sendToQueue(plan.queue, Buffer.from(body), { persistent: true });
  }
  await channel.waitForConfirms();
};

const ready = async (): Promise<number> => (await channel.checkQueue(plan.queue)).messageCount;

/** The bodies that are still in the queue; it is empty afterwards. */
const remaining = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  for (;;) {
    const message = await channel.get(plan.queue, { noAck: true });
    if (message === false) return found;
    found.push(message.content.toString());
  }
};

type Batch = readonly {
  readonly body: string;
  readonly redelivered: unknown;
  readonly raw: unknown;
}[];

const batchOf = (payload: string): Batch => {
  const event: unknown = JSON.parse(payload);
  const queues = isObject(event) ? event.rmqMessagesByQueue : undefined;
  const messages: unknown = isObject(queues) ? queues[`${plan.queue}::/`] : undefined;
  return (Array.isArray(messages) ? messages : []).map((raw) => ({
    raw,
    redelivered: raw.redelivered,
    body: Buffer.from(raw.data, 'base64').toString(),
  }));
};

/** Runs a trigger with this function for as long as `story` takes. */
const triggered = async (
  answer: (batch: Batch) => Promise<Invocation> | Invocation,
  story: (batches: readonly Batch[]) => Promise<void>,
  more: Partial<TriggerPlan> = {},
): Promise<void> => {
  const batches: Batch[] = [];
  const trigger = startTrigger(
    { ...plan, ...more },
    {
      amqpUrl: broker.amqpUrl,
      credentials: broker.admin(),
      log: () => {},
      invoke: async (_name, payload) => {
        const batch = batchOf(payload);
        batches.push(batch);
        return answer(batch);
      },
    },
  );
  try {
    await story(batches);
  } finally {
    await trigger.stop();
  }
};

const fine: Invocation = { ok: true, payload: 'null' };
const failed: Invocation = { ok: false, payload: '{}' };

const bodies = (batches: readonly Batch[]): readonly string[] =>
  batches.flatMap((batch) => batch.map((message) => message.body));

it('passes a message on in the exact form of AWS, and acknowledges it when the function returns', async () => {
  channel.sendToQueue(plan.queue, Buffer.from('{"a":1}'), {
    contentType: 'application/json',
    messageId: 'm-1',
    correlationId: 'c-1',
    replyTo: 'answers',
    priority: 3,
    deliveryMode: 2,
    timestamp: 2_021,
    expiration: '60000',
    appId: 'web',
    type: 'task',
    headers: { header1: 'value1', numberInHeader: 10, yes: true },
  });
  await triggered(
    () => fine,
    async (batches) => {
      await until('the batch', () => batches.length > 0 || undefined);
      expect(batches[0]?.[0]?.raw).toEqual({
        basicProperties: {
          contentType: 'application/json',
          contentEncoding: null,
          headers: {
            header1: { bytes: [118, 97, 108, 117, 101, 49] },
            numberInHeader: 10,
            yes: true,
          },
          deliveryMode: 2,
          priority: 3,
          correlationId: 'c-1',
          replyTo: 'answers',
          expiration: '60000',
          messageId: 'm-1',
          timestamp: 'Jan 1, 1970, 12:33:41 AM',
          type: 'task',
          userId: null,
          appId: 'web',
          clusterId: null,
          bodySize: 7,
        },
        redelivered: false,
        data: 'eyJhIjoxfQ==',
      });
    },
  );
  expect(await ready()).toBe(0);
});

it('invokes one batch at a time, none larger than the batch size', async () => {
  await publish(...Array.from({ length: 35 }, (_, n) => String(n)));
  let running = 0;
  let most = 0;
  await triggered(
    async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 30));
      running -= 1;
      return fine;
    },
    async (batches) => {
      await until('all messages', () => bodies(batches).length === 35 || undefined);
      expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(10);
      expect([...bodies(batches)]).toEqual(Array.from({ length: 35 }, (_, n) => String(n)));
    },
  );
  expect(most).toBe(1);
});

it('delivers the same batch again when the function fails, before any other, as redelivered', async () => {
  await publish(...Array.from({ length: 6 }, (_, n) => String(n)));
  let failures = 2;
  await triggered(
    () => {
      failures -= 1;
      return failures >= 0 ? failed : fine;
    },
    async (batches) => {
      await until('all messages', () => bodies(batches).includes('5') || undefined);
      const tries = batches.slice(0, 3).map((batch) => batch.map(({ body }) => body));
      expect(tries).toEqual([tries[0], tries[0], tries[0]]);
      expect(batches.slice(0, 3).map((batch) => batch.map((one) => one.redelivered))).toEqual(
        [false, true, true].map((again) => (tries[0] ?? []).map(() => again)),
      );
      expect(bodies(batches.slice(2))).toEqual(['0', '1', '2', '3', '4', '5']);
    },
    { batchSize: 2 },
  );
  expect(await ready()).toBe(0);
});

it('returns a batch that waits for its next try to the broker when it ends', async () => {
  await publish('a', 'b', 'c');
  await triggered(
    () => failed,
    async (batches) => {
      await until('the failure', () => batches.length > 0 || undefined);
    },
  );
  await until('all three', async () => ((await ready()) === 3 ? true : undefined));
});

it('takes no message when it is stopped before it has connected', async () => {
  const quick: string[] = [];
  await triggered(
    (batch) => {
      quick.push(...batch.map(({ body }) => body));
      return fine;
    },
    async () => {},
  );
  await triggered(
    () => fine,
    async (batches) => {
      await publish('first');
      await until('the first', () => bodies(batches).length === 1 || undefined);
      await publish(...Array.from({ length: 9 }, (_, n) => String(n)));
      await until('all of them', () => bodies(batches).length === 10 || undefined);
    },
  );
  expect(quick).toEqual([]);
});

it('waits for more messages as long as its window is', async () => {
  await triggered(
    () => fine,
    async (batches) => {
      await publish('a');
      await publish('b');
      await until('the batch', () => batches.length > 0 || undefined);
      expect(bodies(batches)).toEqual(['a', 'b']);
    },
    // Two messages take much less time, also on a busy machine.
    { windowMs: 5000 },
  );
});

it('drops a body over 4 MB before any function gets it', async () => {
  await publish(Buffer.alloc(4 * 1024 * 1024 + 1), 'small');
  await triggered(
    () => fine,
    async (batches) => {
      await until('the small one', () => bodies(batches).includes('small') || undefined);
      expect(bodies(batches)).toEqual(['small']);
    },
  );
  expect(await ready()).toBe(0);
});

it('ends a batch before it is larger than Lambda accepts', async () => {
  await publish(Buffer.alloc(3 * 1024 * 1024), Buffer.alloc(3 * 1024 * 1024));
  await triggered(
    () => fine,
    async (batches) => {
      await until('both', () => bodies(batches).length === 2 || undefined);
      expect(batches.length).toBe(2);
    },
  );
});

it('never loses a message with which the function fails again and again', async () => {
  await publish('stubborn');
  let failures = 5;
  await triggered(
    () => {
      failures -= 1;
      return failures >= 0 ? failed : fine;
    },
    async (batches) => {
      await until('the success', () => batches.length > 5 || undefined, 40_000);
      // A connection that is lost at this moment takes the acknowledgement with it, and the message comes again, before any other.
      await publish('next');
      await until('the next message', () => bodies(batches).includes('next') || undefined);
    },
  );
  expect(await remaining()).not.toContain('stubborn');
});

it('goes on when RabbitMQ was stopped and started again in the middle of a batch', async () => {
  await publish('before');
  await triggered(
    async (batch) => {
      if (batch[0]?.body === 'before' && !batch[0].redelivered) {
        await broker.stop();
        await broker.start();
      }
      return fine;
    },
    async (batches) => {
      await until('the start', () => batches.length > 0 || undefined);
      await until('the same message again', () => batches.length > 1 || undefined, 60_000);
      expect(batches[1]?.[0]).toMatchObject({ body: 'before', redelivered: true });
      await open();
      await publish('after');
      await until('the next message', () => bodies(batches).includes('after') || undefined);
    },
  );
  expect(await ready()).toBe(0);
});
