import { afterEach, expect, test } from 'vitest';
import { metricOf, openTestStack, type TestStack } from '../kit/local-stack.ts';
import { expectOnceEach } from '../kit/once-each.ts';
import { nothingLivesIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';

const count = 500;
// Forty seconds on two free cores; other tests of the project may use the cores too.
const withinMs = 280_000;
const ids = Array.from({ length: count }, (_, n) => `burst-${n}`);

let open: TestStack | undefined;

afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** 500 messages at once, until all of them have ended; the file that the tool appends to proves every claim. */
const burst = async (one: TestStack): Promise<void> => {
  const { stack, rows, tallyFile } = one;
  const began = performance.now();
  await publish(
    stack.addresses.amqp,
    ids.map((id) => echoOf(id, { appendTo: tallyFile })),
  );
  const ended = await rows.whenAllEnded(count, withinMs);
  const seconds = (performance.now() - began) / 1000;
  console.info(
    `${count} tasks in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(1)} a second`,
  );
  await expectOnceEach(one, ids, ended);
};

test('500 tasks published at once all succeed, each run exactly once, and nothing is left running', {
  timeout: 2 * withinMs,
}, async () => {
  open = await openTestStack();
  await burst(open);
  const { dir, stack } = open;
  await stack.stop();
  await nothingLivesIn(dir);
});

test('the same 500 with every ECS event lost: the same outcomes, and the sweep counts what it ended', {
  timeout: 2 * withinMs,
}, async () => {
  open = await openTestStack({ faults: { loseEcsEvents: true } });
  await burst(open);
  expect(metricOf(open.stack, 'davit-local-sweep', 'EndedBySweep')).toBe(count);
  expect(metricOf(open.stack, 'davit-local-settle', 'EndedByEvent')).toBe(0);
});
