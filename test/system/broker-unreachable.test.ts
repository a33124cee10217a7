import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStack, startsIn, type TestStack, tallyOf } from '../kit/local-stack.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { asAdministrator, declareQueue, takeEvents } from '../kit/replies.ts';
import { until } from '../kit/until.ts';

let one: TestStack;
const replies = 'reply.unreachable';
const events = 'unreachable.events';

beforeAll(async () => {
  one = await openTestStack();
  const { amqp } = one.stack.addresses;
  await declareQueue(amqp, replies);
  await declareQueue(asAdministrator(amqp, one.stack.rabbit.admin()), events, '#');
});

afterAll(() => one?.close());

const kinds = (outbox: unknown): readonly string[] =>
  Array.isArray(outbox) ? outbox.map(({ id }) => String(id).split('/').at(-1) ?? '') : [];

test('a task that ends while RabbitMQ cannot be reached has ended, and is announced later; nothing is lost', async () => {
  const { stack, rows, tallyFile: appendTo } = one;
  const { amqp } = stack.addresses;
  const crowd = Array.from({ length: 20 }, (_, n) => `crowd-${n}`);
  const all = ['ends', 'retries', ...crowd];
  const replied = (id: string, input: object) => ({ ...echoOf(id, input), replyTo: replies });
  await publish(amqp, [
    replied('ends', { appendTo, sleepMs: 30_000 }),
    replied('retries', { appendTo, sleepMs: 30_000, exitCodes: [75, 0] }),
  ]);
  const pids = await until(
    'both runs',
    () => {
      const found = tallyOf(appendTo).map(({ pid }) => pid);
      return found.length === 2 ? found : undefined;
    },
    60_000,
  );
  // Stopped while they sleep, so that they end when the test continues them.
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  for (const id of ['ends', 'retries']) {
    await rows.when(id, ({ phase, dueAt, outbox }) => {
      return phase === 'RUNNING' && dueAt !== undefined && kinds(outbox).length === 0;
    });
  }
  await publish(
    amqp,
    crowd.map((id) => replied(id, { appendTo })),
  );
  await stack.rabbit.stop();
  for (const pid of pids) process.kill(pid, 'SIGCONT');

  // Neither the row nor its run waits for the broker; only its events wait.
  const left = 'event.succeeded reply.succeeded';
  const ended = await rows.when('ends', ({ phase, outbox }) => {
    return phase === 'SUCCEEDED' && kinds(outbox).join(' ') === left;
  });
  expect(ended.dueAt).toBeDefined();
  const requeued = await rows.when('retries', ({ phase, run }) => phase === 'QUEUED' && run === 2);
  expect(requeued).toMatchObject({ attempts: 1 });
  // The doorbell of run 2 is due in two seconds, and cannot be sent.
  await rows.when('retries', ({ outbox }) => kinds(outbox).includes('doorbell'));

  await stack.rabbit.start();
  const last = await rows.whenAllEnded(all.length, 280_000);
  expect(last.filter(({ phase }) => phase !== 'SUCCEEDED')).toEqual([]);
  const starts = new Map(all.toSorted().map((id) => [id, id === 'retries' ? 2 : 1]));
  expect(new Map([...startsIn(appendTo)].toSorted())).toEqual(starts);
  expect(tallyOf(appendTo).filter(({ run }) => run > 2)).toEqual([]);

  const eventsIn = async (address: string, queue: string): Promise<readonly string[]> => {
    const received = await takeEvents(address, queue);
    return [...new Set(received.map(({ taskId, what }) => `${taskId} ${what}`))].toSorted();
  };
  const succeeded = all.map((id) => `${id} succeeded`);
  expect(await eventsIn(amqp, replies)).toEqual(
    expect.arrayContaining([...succeeded, 'retries requeued']),
  );
  const administrator = asAdministrator(amqp, stack.rabbit.admin());
  expect(await eventsIn(administrator, events)).toEqual(
    expect.arrayContaining([...succeeded, 'retries requeued']),
  );
}, 480_000);
