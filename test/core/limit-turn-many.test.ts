import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Limit, type NamedRun, newLimit, takenIn } from '../../shared/core/limit.ts';
import { runAtLimit } from '../../shared/core/limit-key.ts';
import { limitOf, stageLimit } from '../../shared/core/limit-name.ts';
import { reserve } from '../../shared/core/limit-places.ts';
import { fullFor } from '../../shared/core/limit-queues.ts';
import { nextInTurn, reservedInTurn, type Waiter } from '../../shared/core/limit-turn.ts';
import { present } from '../../shared/core/present.ts';
import { sha256, start } from '../kit/facts.ts';

/** The rule, place by place: everything is counted again for each waiter of each place. */
const slowlyInTurn = (from: Limit, waiters: readonly Waiter[]): readonly Waiter[] => {
  const chosen: Waiter[] = [];
  let limit = from;
  for (;;) {
    const { named, placed } = limit;
    const open = waiters.filter(
      (one) =>
        named.every(({ taskId }) => taskId !== one.taskId) && fullFor(limit, one) === undefined,
    );
    const placesOf = ({ tenant }: Waiter): number =>
      [...placed, ...named].filter((one) => one.tenant === tenant).length;
    // A sort keeps the order of those that are equal.
    const [next] = open.toSorted(
      (one, other) => placesOf(one) - placesOf(other) || one.since - other.since,
    );
    if (next === undefined) return chosen;
    limit = reserve(limit, next, start);
    chosen.push(next);
  }
};

const tool = fc.constantFrom('echo', 'film', 'talk', 'new');
const most = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });

/** Few times, names and tenants, so that many are equal; also one task twice, and tasks without a tenant. */
const waiter = (ofTool: typeof tool): fc.Arbitrary<Waiter> =>
  fc
    .record({
      taskId: fc.integer({ min: 1, max: 40 }).map((n) => `task-${n}`),
      tenant: fc.constantFrom('', 'acme', 'beta', 'gamma'),
      tool: ofTool,
      since: fc.integer({ min: start, max: start + 4 }),
    })
    .map(({ since, ...run }) => ({ ...runAtLimit({ ...run, run: 1 }, sha256), since }));

const own = most.map((maxPerTenant): Limit => {
  const terms = { maxRunning: 1, ...present({ maxPerTenant }) };
  return newLimit(limitOf('echo'), terms, start);
});
const stage = fc
  .uniqueArray(fc.record({ tool, maxRunning: most, maxPerTenant: most }), {
    selector: (one) => one.tool,
  })
  .map((terms): Limit => {
    const tools = terms.map(({ maxRunning, maxPerTenant, ...one }) => ({
      ...one,
      ...present({ maxRunning, maxPerTenant }),
    }));
    return newLimit(stageLimit, { maxRunning: 1, tools }, start);
  });

const used = (limit: fc.Arbitrary<Limit>, ofTool: typeof tool) =>
  fc
    .record({
      limit,
      maxRunning: fc.integer({ min: 0, max: 16 }),
      placed: fc.array(waiter(ofTool), { maxLength: 6 }),
      named: fc.array(
        fc.record({ run: waiter(ofTool), state: fc.constantFrom('reserved', 'leaving', 'found') }),
        { maxLength: 4 },
      ),
      unlisted: fc.constantFrom(0, 0, 2),
      isChecked: fc.constantFrom(true, true, true, false),
      waiters: fc.array(waiter(ofTool), { maxLength: 40 }),
    })
    .map(({ waiters, isChecked, ...one }) => {
      const named = one.named.map(({ run, state }): NamedRun => ({ ...run, state }));
      const { maxRunning, placed, unlisted } = one;
      const limit: Limit = { ...one.limit, maxRunning, placed, named, unlisted };
      return { waiters, limit: isChecked ? { ...limit, checkedAt: start } : limit };
    });

it('gives the places to the same ones, in the same order, as the rule applied place by place', () => {
  const anyUsed = fc.oneof(used(own, fc.constantFrom('echo')), used(stage, tool));
  fc.assert(
    fc.property(anyUsed, ({ limit, waiters }) => {
      const expected = slowlyInTurn(limit, waiters);
      const reserved = reservedInTurn(limit, waiters, start);
      expect(reserved.chosen).toEqual(expected);
      expect(reserved.limit).toEqual(
        expected.reduce((each, one) => reserve(each, one, start), limit),
      );
      expect(nextInTurn(limit, waiters)).toEqual(expected[0]);
    }),
    { numRuns: 2_000 },
  );
});

it('looks at each of many waiters a few times, however many places are free', () => {
  let reads = 0;
  const counting = (one: Waiter): Waiter =>
    new Proxy(one, {
      get: (of, name) => {
        reads += 1;
        return Reflect.get(of, name);
      },
    });
  const places = 400;
  const lines = Array.from({ length: 160 }, (_, n) => ({
    tool: `tool-${n % 20}`,
    tenant: `tenant-${Math.floor(n / 20)}`,
  }));
  const waiters = lines.flatMap((line) =>
    Array.from({ length: 100 }, (_, n) => {
      const run = runAtLimit(
        { ...line, taskId: `${line.tool}-${line.tenant}-${n}`, run: 0 },
        sha256,
      );
      // In no order.
      return counting({ ...run, since: start + ((n * 37) % 101) });
    }),
  );
  const tools = lines.slice(0, 20).map((one) => ({ tool: one.tool, maxPerTenant: 3 }));
  const limit = { ...newLimit(stageLimit, { maxRunning: places, tools }, start), checkedAt: start };
  const reserved = reservedInTurn(limit, waiters, start);
  expect(takenIn(reserved.limit)).toBe(places);
  expect(reads).toBeLessThan(4 * (waiters.length + places * lines.length));
});
