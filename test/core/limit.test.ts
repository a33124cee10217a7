import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Limit,
  newLimit,
  type RunAtLimit,
  takenBy,
  takenIn,
} from '../../shared/core/limit.ts';
import { runAtLimit, runKey } from '../../shared/core/limit-key.ts';
import { limitOf, termsOf, toolOfLimit } from '../../shared/core/limit-name.ts';
import {
  askPlace,
  confirm,
  free,
  givenUpAt,
  giveUp,
  leave,
  reserve,
} from '../../shared/core/limit-places.ts';
import { fullFor, marked, unmarked, withTerms } from '../../shared/core/limit-queues.ts';
import { fullSentence } from '../../shared/core/limit-sentence.ts';
import { minute, sha256, start } from '../kit/facts.ts';

const name = limitOf('echo');
const at = (taskId: string, tenant = 'acme'): RunAtLimit =>
  runAtLimit({ taskId, run: 1, tenant, tool: 'echo' }, sha256);
const open = (maxRunning: number, maxPerTenant?: number): Limit => ({
  ...newLimit(
    name,
    maxPerTenant === undefined ? { maxRunning } : { maxRunning, maxPerTenant },
    start,
  ),
  checkedAt: start,
});
const full = (limit: Limit, ...runs: readonly RunAtLimit[]): Limit =>
  runs.reduce((each, run) => confirm(reserve(each, run, start), run), limit);

describe('a question for a place', () => {
  it.each([
    ['a place is free', open(2), 'granted'],
    ['all places are taken', full(open(1), at('b')), 'full'],
    ['what runs already was not counted yet', newLimit(name, { maxRunning: 2 }, start), 'full'],
    ['its tenant has as many as it may have', full(open(3, 1), at('b')), 'full'],
    ['another tenant has as many', full(open(3, 1), at('b', 'beta')), 'granted'],
    ['others wait', marked(open(2), 'echo', start), 'turn'],
    ['it has a place already', full(open(1), at('a')), 'granted'],
    ['a place is reserved for it', reserve(open(1), at('a'), start), 'granted'],
    ['its place was given up', giveUp(reserve(open(2), at('a'), start), at('a'), start), 'full'],
    [
      'the limit was lowered below its reserved place',
      withTerms(reserve(full(open(2), at('b')), at('a'), start), { maxRunning: 1 }),
      'full',
    ],
  ] as const)('when %s', (_when, limit, answer) => {
    const asked = askPlace(limit, at('a'), start);
    expect(asked.answer).toBe(answer);
    if (answer === 'full') expect(asked.limit.waitsSince).toBe(start);
  });
});

describe('a place', () => {
  it('is taken from its reservation until it is freed, and is confirmed once', () => {
    const reserved = reserve(open(1), at('a'), start);
    const placed = confirm(reserved, at('a'));
    expect([takenIn(reserved), takenIn(placed), takenIn(free(placed, at('a')))]).toEqual([1, 1, 0]);
    expect(confirm(placed, at('a'))).toBe(placed);
    expect(placed.placed).toEqual([{ key: at('a').key, tenant: at('a').tenant, tool: 'echo' }]);
  });

  it('that was given up counts until it is left, and is not confirmed by mistake', () => {
    const reserved = reserve(open(1), at('a'), start);
    const leaving = giveUp(reserved, at('a'), start + minute);
    expect(takenIn(leaving)).toBe(1);
    expect(leave(reserved, at('a'), start)).toBe(reserved);
    expect(takenIn(leave(leaving, at('a'), start + minute))).toBe(0);
  });

  it('that was given up again is not left by who gave it up before', () => {
    const leaving = giveUp(reserve(open(1), at('a'), start), at('a'), start + minute);
    expect([givenUpAt(leaving, at('a')), givenUpAt(open(1), at('a'))]).toEqual([
      start + minute,
      undefined,
    ]);
    expect(giveUp(leaving, at('a'), start + 2 * minute)).toBe(leaving);
    expect(leave(leaving, at('a'), start)).toBe(leaving);
  });

  it('is freed only by its own run', () => {
    const placed = full(open(2), at('a'), at('b'));
    expect(
      free(placed, runAtLimit({ taskId: 'a', run: 2, tenant: 'acme', tool: 'echo' }, sha256)),
    ).toBe(placed);
    expect(takenIn(free(placed, at('a')))).toBe(1);
  });
});

it('marks that somebody waits once a minute, and takes the mark away only after two', () => {
  const first = marked(open(1), 'echo', start);
  expect(marked(first, 'echo', start + minute - 1)).toBe(first);
  expect(marked(first, 'echo', start + minute).waitsSince).toBe(start + minute);
  expect(unmarked(first, 'echo', start + 2 * minute - 1)).toBe(first);
  expect(unmarked(first, 'echo', start + 2 * minute).waitsSince).toBeUndefined();
});

const changes = {
  ask: (limit: Limit, run: RunAtLimit) => askPlace(limit, run, start).limit,
  confirm,
  giveUp: (limit: Limit, run: RunAtLimit) => giveUp(limit, run, start),
  leave: (limit: Limit, run: RunAtLimit) => leave(limit, run, start),
  free,
};

it('never gives more places than the limit has, nor more to a tenant, whatever is asked and freed', () => {
  const run = fc.record({
    taskId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    tenant: fc.constantFrom('acme', 'beta'),
  });
  const change = fc.tuple(
    fc.constantFrom(...(['ask', 'confirm', 'giveUp', 'leave', 'free'] as const)),
    run,
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (made) => {
      let limit = open(3, 2);
      for (const [kind, { taskId, tenant }] of made) {
        // A task has one tenant for its life.
        const one = at(`${taskId}-${tenant}`, tenant);
        limit = changes[kind](limit, one);
        expect(takenIn(limit)).toBeLessThanOrEqual(3);
        expect(takenBy(limit, one)).toBeLessThanOrEqual(2);
      }
    }),
  );
});

describe('what a task waits for', () => {
  const says = (limit: Limit) => fullSentence(limit, { ...at('a'), named: 'acme' });
  it.each([
    [full(open(1), at('b', 'beta')), '1 of 1 echo is running'],
    [full(open(2), at('b', 'beta'), at('c', 'beta')), '2 of 2 echos are running'],
    [full(open(3, 1), at('b')), '1 of 1 echo is running, of tenant acme'],
  ])('is said by %#', (limit, sentence) => {
    expect(fullFor(limit, at('a'))).toBeDefined();
    expect(says(limit)).toBe(sentence);
  });
  it('is said while the runs of before are counted', () => {
    expect(says(newLimit(name, { maxRunning: 2 }, start))).toContain('is counted first');
  });
});

describe('names', () => {
  it('of a limit have the name of the tool', () => {
    expect([toolOfLimit('limit/echo'), toolOfLimit('tool/echo')]).toEqual(['echo', undefined]);
  });
  it('of runs are digests, other ones for each run', () => {
    expect(at('a').key).toMatch(/^[0-9a-f]{12}$/);
    expect(at('a').tenant).toMatch(/^[0-9a-f]{8}$/);
    expect(runKey({ taskId: 'a', run: 2 }, sha256)).not.toBe(at('a').key);
  });
  it('of terms are absent for a tool without a limit', () => {
    expect(termsOf({})).toBeUndefined();
    expect(termsOf({ maxRunning: 2 })).toEqual({ maxRunning: 2 });
  });
});
