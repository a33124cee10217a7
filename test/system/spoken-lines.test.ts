import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Faults } from '../../local/stack.ts';
import { metricOf, newFolder, openTestStack, type TestStack } from '../kit/local-stack.ts';
import { asAdministrator, declareQueue } from '../kit/replies.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

interface Heard {
  readonly subject: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const images = newFolder();
const heardFile = join(images, 'heard');
let test: TestStack;
/** Whether relay dies when it asks ECS, until it is given a delivery that has failed three times. */
let isDying = false;
const faults: Faults & { skipLogDeliveries: boolean } = {
  skipLogDeliveries: false,
  asyncDelaysMs: [500, 500],
  onCall: ({ functionName, service, phase }) =>
    isDying && functionName === relay && service === 'ecs' && phase === 'before'
      ? 'killCaller'
      : undefined,
  onInvocation: ({ functionName, payload }) => {
    if (functionName === relay && payload.includes('failed-lines')) isDying = false;
  },
};
const relay = 'davit-local-relay';
const heard: { readonly queue: string; readonly event: Heard; readonly text: string }[] = [];
let stopListening: () => Promise<void>;

/** An image of each tool, whose program is the speaking tool. */
const writeImages = (): void => {
  const program = join(root, 'test', 'kit', 'speaking-tool.mjs');
  const command = [process.execPath, program, heardFile];
  for (const tool of ['transcoder', 'echo']) {
    const folder = join(images, tool, '1.0.0');
    mkdirSync(folder, { recursive: true });
    const content = { command, digest: `sha256:${'0'.repeat(64)}` };
    writeFileSync(join(folder, 'image.json'), JSON.stringify(content));
  }
};

const listen = async (): Promise<() => Promise<void>> => {
  const { amqp } = test.stack.addresses;
  await declareQueue(amqp, 'reply.web');
  const admin = asAdministrator(amqp, test.stack.rabbit.admin());
  await declareQueue(admin, 'listener', '#');
  const connection = await connect(admin);
  const channel = await connection.createChannel();
  for (const queue of ['reply.web', 'listener']) {
    await channel.consume(
      queue,
      (message) => {
        const text = message?.content.toString() ?? '{}';
        heard.push({ queue, event: JSON.parse(text), text });
      },
      { noAck: true },
    );
  }
  return () => connection.close();
};

const submit = async (...ids: readonly string[]): Promise<void> => {
  const connection = await connect(test.stack.addresses.amqp);
  const channel = await connection.createConfirmChannel();
  for (const messageId of ids) {
    channel.publish('davit', 'davit.tasks', Buffer.from('{"tool":"transcoder"}'), {
      persistent: true,
      messageId,
      replyTo: 'reply.web',
    });
  }
  await channel.waitForConfirms();
  await connection.close();
};

const of = (queue: string, taskId: string, what: string): readonly Heard['data'][] =>
  heard
    .filter((one) => one.queue === queue && one.event.subject === taskId)
    .filter(({ event }) => event.type === `davit.task.${what}`)
    .map(({ event }) => event.data);

const replied = (taskId: string, what = 'succeeded'): Promise<Heard['data']> =>
  until(
    `the reply ${what} of ${taskId}`,
    async () => of('reply.web', taskId, what)[0] ?? (await wait(100)),
    150_000,
  );

beforeAll(async () => {
  writeImages();
  test = await openTestStack({ imagesDir: images, faults });
  stopListening = await listen();
});
afterAll(async () => {
  await stopListening?.();
  await test?.close();
  rmSync(images, { recursive: true, force: true });
});

describe('lines that a tool speaks', () => {
  it('become events for listeners and the publisher, and the result is in row and reply', async () => {
    await submit('film');
    for (const queue of ['reply.web', 'listener'])
      for (const what of ['ready', 'progress'])
        await until(
          `${what} in ${queue}`,
          () => of(queue, 'film', what).length > 0 || undefined,
          60_000,
        );
    writeFileSync(heardFile, '');
    const reply = await replied('film');
    expect(reply).toMatchObject({ result: { pages: 20 } });
    expect(heard.find(({ text }) => text.includes('12345678901234567890'))).toBeDefined();
    const row = await test.rows.when('film', ({ phase }) => phase === 'SUCCEEDED');
    expect(row.toolResult).toBe('{"pages":20,"big":12345678901234567890}');
    for (const queue of ['reply.web', 'listener']) {
      const pages = await until(
        `20 pieces of output in ${queue}`,
        async () => {
          const parts = of(queue, 'film', 'output');
          await wait(50);
          return parts.length >= 20 ? parts : undefined;
        },
        30_000,
      );
      const ordered = pages.toSorted((a, b) => Number(a.position) - Number(b.position));
      expect(ordered.map(({ output, run }) => ({ output, run }))).toEqual(
        Array.from({ length: 20 }, (_, at) => ({ output: { page: at + 1 }, run: 1 })),
      );
      expect(of(queue, 'film', 'ready')).toHaveLength(1);
      const progress = of(queue, 'film', 'progress').map(({ fraction }) => Number(fraction));
      expect(progress.length).toBeGreaterThan(0);
      expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    }
  });

  it('are few events where a tool prints ten thousand progress lines a second', async () => {
    await submit('flood');
    expect(await replied('flood')).toMatchObject({ result: { lines: 30_000 } });
    const progress = of('listener', 'flood', 'progress');
    expect(progress.length).toBeGreaterThan(0);
    // The tool runs for three seconds or somewhat longer; on a busy machine the lines come later.
    expect(progress.length).toBeLessThan(30);
  });

  it('that are too long or cut are refused, and their neighbours are published', async () => {
    await submit('long', 'split', 'large');
    expect(await replied('long')).toMatchObject({ result: { ok: true } });
    expect(await replied('split')).toMatchObject({ result: { ok: true } });
    const why = /^its DAVIT_RESULT has 3011 bytes after the word, and 2048 bytes are the most$/;
    expect(await replied('large')).toMatchObject({ resultMissing: expect.stringMatching(why) });
    expect(of('listener', 'long', 'output')).toMatchObject([{ output: { page: 1 } }]);
    expect(of('listener', 'split', 'output')).toMatchObject([{ output: { page: 2 } }]);
    const refused = () => metricOf(test.stack, relay, 'LinesRefused') >= 3 || undefined;
    await until('three refused lines', refused, 30_000);
  });

  it('of a run that failed are not the result of the next one', async () => {
    await submit('again');
    await replied('again', 'requeued');
    const row = await test.rows.when('again', ({ phase }) => phase !== 'RUNNING');
    expect(row.resultRun).not.toBe(2);
    expect(await replied('again')).toMatchObject({ run: 2, result: { run: 2 } });
    expect(of('listener', 'again', 'output').map(({ run, output }) => ({ run, output }))).toEqual([
      { run: 1, output: { run: 1 } },
      { run: 2, output: { run: 2 } },
    ]);
  });

  it('are not all: the last lines of a run that failed are in row and events, without secrets', async () => {
    await submit('fails', 'gigabyte');
    const failed = await replied('fails', 'failed');
    const lines = String(failed.logTail).split('\n');
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toBe('connecting to https://***@host/ with password=***');
    expect(String((await replied('gigabyte', 'failed')).logTail)).toMatch(/\nthe last line$/);
    const row = await test.rows.when('gigabyte', ({ phase }) => phase === 'FAILED');
    expect(row).toMatchObject({ logTailRun: 1, logTail: expect.stringMatching(/the last line$/) });
    expect(String(row.logTail).length).toBeLessThanOrEqual(4_000);
  });

  it('that relay could not publish in three tries come again from a queue', async () => {
    isDying = true;
    await submit('film-3');
    const pages = () => new Set(of('listener', 'film-3', 'output').map(({ position }) => position));
    await until('20 pieces of output', () => pages().size >= 20 || undefined, 60_000);
    expect(isDying).toBe(false);
    expect(pages().size).toBe(20);
    await replied('film-3');
  });

  it('and did not arrive are looked for in the log, and a result that is nowhere is said', async () => {
    faults.skipLogDeliveries = true;
    await submit('none', 'film-2');
    expect(await replied('film-2')).toMatchObject({ result: { pages: 20 } });
    expect(of('listener', 'film-2', 'output')).toEqual([]);
    expect(await replied('none')).toMatchObject({
      resultMissing: 'the end of its log has no DAVIT_RESULT',
    });
  });
});
