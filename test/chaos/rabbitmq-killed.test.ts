import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layoutOf } from '../../local/rabbitmq/files.ts';
import { expectExclusiveRuns, putExclusiveImages } from '../kit/exclusive-runs.ts';
import { newFolder, openTestStack, type TestStack, tallyOf } from '../kit/local-stack.ts';
import { containersIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { asAdministrator, declareQueue, takeEvents } from '../kit/replies.ts';
import { until } from '../kit/until.ts';

const images = newFolder();
const replies = 'reply.killed-broker';
const events = 'killed-broker.events';
let one: TestStack;

beforeAll(async () => {
  putExclusiveImages(images, ['1.0.0']);
  one = await openTestStack({ imagesDir: images });
  const { amqp } = one.stack.addresses;
  await declareQueue(amqp, replies);
  await declareQueue(asAdministrator(amqp, one.stack.rabbit.admin()), events, '#');
  // RabbitMQ 3.10 loses a queue that is seconds old at a SIGKILL; these have been through a stop.
  await one.stack.rabbit.stop();
  await one.stack.rabbit.start();
});

afterAll(async () => {
  await one?.close();
  rmSync(images, { recursive: true, force: true });
});

const serverPid = (): number =>
  JSON.parse(readFileSync(layoutOf(join(one.dir, 'rabbitmq')).record, 'utf8')).node.pid;

/** Kills the server, and resolves when the stack has started another one. */
const killServer = async (): Promise<void> => {
  const pid = serverPid();
  process.kill(pid, 'SIGKILL');
  await until('another RabbitMQ', () => isServed(pid), 120_000);
};

/** Between two servers the record names none, or the one that is being started. */
const isServed = async (killed: number): Promise<boolean> => {
  try {
    if (serverPid() === killed) return false;
    const connection = await connect(one.stack.addresses.amqp);
    await connection.close();
    return true;
  } catch {
    return false;
  }
};

const wave = (n: number): readonly string[] =>
  Array.from({ length: 40 }, (_, task) => `wave-${n}-${task}`);

const succeededIn = async (address: string, queue: string): Promise<readonly string[]> => {
  const received = await takeEvents(address, queue);
  const ended = received.filter(({ what }) => what === 'succeeded');
  return [...new Set(ended.map(({ taskId }) => taskId))].toSorted();
};

test('kill -9 of RabbitMQ, three times, while tasks are queued and running: each runs once, and is announced', async () => {
  const { stack, rows, tallyFile: appendTo, dir } = one;
  const { amqp } = stack.addresses;
  const all: string[] = [];
  for (const n of [1, 2, 3]) {
    const ids = wave(n);
    all.push(...ids);
    const before = tallyOf(appendTo).length;
    await publish(
      amqp,
      ids.map((id) => ({ ...echoOf(id, { appendTo, sleepMs: 1_500 }), replyTo: replies })),
    );
    await until(
      'some run, and some wait',
      () => {
        const started = tallyOf(appendTo).length - before;
        return started >= 5 && containersIn(dir).length > 0;
      },
      60_000,
    );
    expect(tallyOf(appendTo).length).toBeLessThan(all.length);
    await killServer();
  }
  const ended = await rows.whenAllEnded(all.length, 150_000);
  expectExclusiveRuns(appendTo, ended);
  expect(ended.filter(({ run, attempts }) => run !== 1 || attempts !== 1)).toEqual([]);
  expect(await succeededIn(amqp, replies)).toEqual(all.toSorted());
  const administrator = asAdministrator(amqp, stack.rabbit.admin());
  expect(await succeededIn(administrator, events)).toEqual(all.toSorted());
}, 400_000);
