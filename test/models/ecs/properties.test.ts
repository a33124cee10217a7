import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { livingTasks } from '../../../models/ecs/ecs.ts';
import type { EcsOptions } from '../../../models/ecs/options.ts';
import { valuesOf } from '../../../models/shards.ts';
import { cluster, newReadyWorld, runInput, type World } from './kit.ts';

type Move =
  | { readonly kind: 'run'; readonly token: number; readonly spot: boolean; readonly count: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'started' | 'reclaim' | 'lost' | 'fail' | 'stop'; readonly at: number }
  | { readonly kind: 'exited'; readonly at: number; readonly exitCode: number }
  | { readonly kind: 'capacity'; readonly open: boolean; readonly late: boolean };

const at = fc.nat(50);
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    kind: fc.constant('run' as const),
    token: fc.nat(6),
    spot: fc.boolean(),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(40_000) }),
  fc.record({
    kind: fc.constantFrom(
      'started' as const,
      'started' as const,
      'started' as const,
      'reclaim' as const,
      'lost' as const,
      'fail' as const,
      'stop' as const,
    ),
    at,
  }),
  fc.record({ kind: fc.constant('exited' as const), at, exitCode: fc.nat(255) }),
  fc.record({
    kind: fc.constant('capacity' as const),
    open: fc.boolean(),
    late: fc.boolean(),
  }),
);

const range = fc
  .tuple(fc.nat(500), fc.nat(3000))
  .map(([from, more]) => [from, from + more] as const);
/** Plain objects, as JSON.parse returns them. */
const plain = { noNullPrototype: true } as const;
const options: fc.Arbitrary<Partial<EcsOptions>> = fc.record(
  {
    delaysMs: fc.record(
      {
        provisioning: range,
        pending: range,
        activating: range,
        stopAsked: range,
        deactivating: range,
        stopping: range,
        deprovisioning: range,
      },
      plain,
    ),
    readLagMs: range,
  },
  plain,
);

/** The ARN of some task that had an event. */
const some = (world: World, index: number): string | undefined => {
  const arns = [...new Set(world.events.map((event) => event.detail.taskArn))];
  return arns.length === 0 ? undefined : arns[index % arns.length];
};

const play = (world: World, one: Move): void => {
  if (one.kind === 'pass') world.pass(one.ms);
  else if (one.kind === 'run') {
    const provider = one.spot ? 'FARGATE_SPOT' : 'FARGATE';
    const capacityProviderStrategy = [{ capacityProvider: provider, weight: 1 }];
    const clientToken = `token-${one.token}`;
    world.call('RunTask', runInput({ clientToken, capacityProviderStrategy, count: one.count }));
  } else if (one.kind === 'capacity') {
    const seen = one.late ? 'late' : 'at once';
    world.setAvailability(
      'FARGATE',
      one.open ? { is: 'open' } : { is: 'closed', reason: 'no capacity', seen },
    );
  } else playOnTask(world, one);
};

const playOnTask = (world: World, one: Extract<Move, { at: number }>): void => {
  const taskArn = some(world, one.at);
  if (taskArn === undefined) return;
  const ordered = world.orders.some((order) => order.kind === 'start' && order.taskArn === taskArn);
  if (one.kind === 'reclaim') world.reclaim(taskArn);
  else if (one.kind === 'stop') world.call('StopTask', { cluster, task: taskArn });
  else if (one.kind === 'lost') world.report({ kind: 'hostLost', taskArn, reason: 'lost' });
  else if (!ordered) return;
  else if (one.kind === 'started') world.report({ kind: 'started', taskArn });
  else if (one.kind === 'fail') world.report({ kind: 'notStarted', taskArn, reason: 'no image' });
  else world.report({ kind: 'exited', taskArn, exitCode: 'exitCode' in one ? one.exitCode : 0 });
};

const liveByToken = (world: World): ReadonlyMap<string, number> => {
  const live = new Map<string, number>();
  for (const { task } of valuesOf(world.state.tasks)) {
    if (task.lastStatus === 'STOPPED' || task.tokenKey === undefined) continue;
    live.set(task.tokenKey, (live.get(task.tokenKey) ?? 0) + 1);
  }
  return live;
};

/** Plays one move, and checks that no order is for a container that cannot be alive. */
const playWatched = (world: World, one: Move): void => {
  const before = world.orders.length;
  play(world, one);
  world.pass(0);
  const living = livingTasks(world.state).map((task) => task.arn);
  for (const order of world.orders.slice(before)) expect(living).toContain(order.taskArn);
};

/** Stops all tasks, and reports the end of every container that was ordered to end. */
const stopAll = (world: World): void => {
  for (const { task } of valuesOf(world.state.tasks)) {
    world.now += 1000;
    world.ask('StopTask', { cluster, task: task.arn });
  }
  world.pass(60_000);
  for (const task of livingTasks(world.state)) {
    world.report({ kind: 'exited', taskArn: task.arn, exitCode: 143 });
  }
  world.pass(60_000);
};

describe('for any history', () => {
  const moves = fc.array(move, { minLength: 5, maxLength: 60 });

  it('versions rise by one, and the last event of every task is its only STOPPED event', () => {
    fc.assert(
      fc.property(options, moves, (settings, plan) => {
        const world = newReadyWorld(settings);
        for (const one of plan) play(world, one);
        stopAll(world);
        for (const arn of new Set(world.events.map((event) => event.detail.taskArn))) {
          const details = world.events
            .map((event) => event.detail)
            .filter((detail) => detail.taskArn === arn);
          expect(details.map((detail) => detail.version)).toEqual(details.map((_, n) => n + 1));
          const ends = details.filter((detail) => detail.lastStatus === 'STOPPED');
          expect(ends).toEqual([details.at(-1)]);
          expect(ends[0]?.stopCode).toBeDefined();
        }
      }),
    );
  });

  it('each container is ordered at most once, for a known task, and ordered to end only while it may be alive', () => {
    fc.assert(
      fc.property(options, moves, (settings, plan) => {
        const world = newReadyWorld(settings);
        for (const one of plan) playWatched(world, one);
        stopAll(world);
        const known = new Set(world.events.map((event) => event.detail.taskArn));
        const kinds = new Map<string, string[]>();
        for (const order of world.orders) {
          expect(known).toContain(order.taskArn);
          kinds.set(order.taskArn, [...(kinds.get(order.taskArn) ?? []), order.kind]);
        }
        for (const sequence of kinds.values()) {
          expect(['start', 'start,terminate', 'start,terminate,kill']).toContain(sequence.join());
        }
      }),
    );
  });

  it('no token has more live tasks than one call requested', () => {
    fc.assert(
      fc.property(options, moves, (settings, plan) => {
        const world = newReadyWorld(settings);
        for (const one of plan) {
          play(world, one);
          for (const count of liveByToken(world).values()) expect(count).toBeLessThanOrEqual(3);
        }
      }),
    );
  });

  it('the state is plain JSON, and the same seed gives the same world', () => {
    fc.assert(
      fc.property(options, moves, (settings, plan) => {
        const [one, other] = [newReadyWorld(settings), newReadyWorld(settings)];
        for (const each of plan) {
          play(one, each);
          other.state = JSON.parse(JSON.stringify(other.state));
          play(other, each);
        }
        expect(JSON.parse(JSON.stringify(one.state))).toStrictEqual(one.state);
        expect(other.state).toStrictEqual(one.state);
        expect(other.events).toStrictEqual(one.events);
      }),
      { numRuns: 30 },
    );
  });

  it('an old state never changes later', () => {
    fc.assert(
      fc.property(moves, (plan) => {
        const world = newReadyWorld();
        const kept: [typeof world.state, string][] = [];
        for (const one of plan) {
          kept.push([world.state, JSON.stringify(world.state)]);
          play(world, one);
        }
        for (const [state, was] of kept) expect(JSON.stringify(state)).toBe(was);
      }),
      { numRuns: 20 },
    );
  });
});

it('a new state shares with the old one all tasks that a call does not change', () => {
  const world = newReadyWorld({ throttled: false });
  for (let n = 0; n < 500; n += 1) world.ask('RunTask', runInput({ clientToken: `t${n}` }));
  world.pass(0);
  const before = world.state.tasks;
  world.ask('RunTask', runInput({ clientToken: 'one-more' }));
  world.pass(0);
  const copied = world.state.tasks.filter((shard, place) => shard !== before[place]);
  expect(copied).toHaveLength(1);
  expect(Object.keys(copied[0] ?? {}).length).toBeLessThan(20);
});
