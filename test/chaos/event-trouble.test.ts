import { afterAll, beforeAll, expect, test } from 'vitest';
import { metricOf, openTestStack, type TestStack } from '../kit/local-stack.ts';
import { expectOnceEach } from '../kit/once-each.ts';
import { nothingLivesIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';

let one: TestStack;

const ids = Array.from({ length: 500 }, (_, n) => `task-${n}`);

/** A task lives for about a second here, so a delay of up to three seconds shuffles all of its events. */
const ecs = { eventDoubles: 1, eventLoss: 0.1, eventDelayMs: [0, 3_000] } as const;

beforeAll(async () => {
  one = await openTestStack({ faults: { ecs } });
});

afterAll(() => one?.close());

test('500 tasks end, each run once, when every ECS event comes twice, in any order, and one in ten is lost', async () => {
  const { stack, rows, dir, tallyFile: appendTo } = one;
  await publish(
    stack.addresses.amqp,
    ids.map((id) => echoOf(id, { appendTo })),
  );
  const ended = await rows.whenAllEnded(ids.length, 240_000);
  await expectOnceEach(one, ids, ended);
  const byEvent = metricOf(stack, 'davit-local-settle', 'EndedByEvent');
  const bySweep = metricOf(stack, 'davit-local-sweep', 'EndedBySweep');
  expect(byEvent + bySweep).toBe(ids.length);
  expect(byEvent).toBeGreaterThan(0);
  // About fifty tasks lost their last event, so only the sweep sees that they end.
  expect(bySweep).toBeGreaterThan(0);
  await stack.stop();
  await nothingLivesIn(dir);
}, 300_000);
