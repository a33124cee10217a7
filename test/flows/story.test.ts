import fc from 'fast-check';
import { expect, it } from 'vitest';
import { due } from '../../shared/core/due.ts';
import { isEnded } from '../../shared/core/task.ts';
import { minute, noCapacity, second } from '../kit/facts.ts';
import { isAnyReady, newWorld, type World } from '../kit/world.ts';

/** What can happen to the flows and to the world around them. `nth` is the call at which a handler crashes. */
const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('publish' as const), id: fc.nat(5) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constantFrom('dispatch', 'dispatch', 'settle', 'sweep'),
      nth: fc.option(fc.integer({ min: 1, max: 25 }), { nil: undefined }),
      moment: fc.constantFrom('before', 'after'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('pass' as const),
      ms: fc.constantFrom(second, 20 * second, minute, 4 * minute, 20 * minute),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('end' as const),
      which: fc.nat(),
      exitCode: fc.constantFrom(0, 0, 1, 64, 75, undefined),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('full', 'open', 'away', 'back', 'release') }),
  },
);
type Happening = typeof event extends fc.Arbitrary<infer E> ? E : never;

const happen = async (world: World, what: Happening): Promise<void> => {
  switch (what.does) {
    case 'publish':
      return world.submit(`film-${what.id}`);
    case 'dispatch':
    case 'settle':
    case 'sweep':
      return dying(world, what);
    case 'pass':
      return world.pass(what.ms);
    case 'end': {
      const living = world.runs.living();
      const chosen = living[what.which % Math.max(1, living.length)];
      if (!chosen) return;
      if (what.exitCode === undefined) return world.runs.reclaim(chosen.arn);
      return world.runs.exit(chosen.arn, what.exitCode);
    }
    case 'full':
      return closeSpot(world, true);
    case 'open':
      return closeSpot(world, false);
    case 'away':
      return world.broker.disconnect('connection refused');
    case 'back':
      return world.broker.reconnect();
    case 'release':
      return void world.makeLive(`1.${world.runs.orders.length + 1}.0`);
  }
};

const closeSpot = (world: World, closed: boolean): void =>
  world.runs.setAvailability(
    'FARGATE_SPOT',
    closed ? { is: 'closed', reason: noCapacity, seen: 'at once' } : { is: 'open' },
  );

/** A handler that may crash at one of its calls. Its input is then lost, unless it is messages of the queue. */
const dying = async (
  world: World,
  what: Extract<Happening, { readonly nth: number | undefined }>,
): Promise<void> => {
  if (what.nth !== undefined) world.faults.crashAt(what.nth, what.moment);
  await world.settled(Promise.resolve(world[what.does]())).catch(() => undefined);
  world.faults.restart();
};

/** Each run has at most one container, each task has one version, and each row is due at some time. */
const checkAlways = (world: World): void => {
  const launched = world.launched();
  expect(new Set(launched).size).toBe(launched.length);
  const versions = new Map<string | undefined, Set<string | undefined>>();
  for (const order of world.runs.orders) {
    if (order.kind !== 'start') continue;
    const { DAVIT_TASK_ID: id, DAVIT_VERSION: version } = order.environment;
    versions.set(id, (versions.get(id) ?? new Set()).add(version));
  }
  for (const [id, each] of versions) expect([...each], id).toHaveLength(1);
  for (const task of world.tasks.rows()) if (!isEnded(task)) expect(due(task)?.why).toMatch(/\w/);
};

/** The faults are over, and every container succeeds. */
const calm = async (world: World): Promise<void> => {
  await world.broker.reconnect();
  closeSpot(world, false);
  for (let round = 0; round < 400 && !isQuiet(world); round += 1) {
    for (const { arn } of world.runs.living()) world.runs.exit(arn, 0);
    await world.pass(minute);
    await world.settle();
    await world.settled(world.sweep());
    await world.dispatch();
  }
};

const isQuiet = (world: World): boolean =>
  !isAnyReady(world) &&
  world.runs.living().length === 0 &&
  world.tasks.rows().every((task) => isEnded(task) && task.outbox.length === 0);

it('brings every message to an end that is published, whichever handler crashes on the way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 60, size: 'max' }),
      fc.nat(),
      async (events, seed) => {
        const world = newWorld({
          seed,
          ecs: {
            eventLoss: 0.2,
            eventDoubles: 0.2,
            eventDelayMs: [0, minute],
            readLagMs: [0, second],
          },
        });
        const published = new Set<string>();
        for (const what of events) {
          if (what.does === 'publish') published.add(`film-${what.id}`);
          await happen(world, what);
          checkAlways(world);
        }
        await calm(world);
        checkAlways(world);
        expect(world.runs.living()).toEqual([]);
        for (const id of published) {
          const task = world.row(id);
          expect(isEnded(task), `${id} is ${task.phase}`).toBe(true);
          expect(task.outbox).toEqual([]);
          expect(world.busEvents).toContain(`${id}/${task.run}/bus.${task.phase.toLowerCase()}`);
          expect(world.sentTo('davit.dead').includes(id)).toBe(task.phase === 'FAILED');
        }
      },
    ),
    { numRuns: 60, interruptAfterTimeLimit: 8_000 },
  );
});
