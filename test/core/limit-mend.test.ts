import { describe, expect, it } from 'vitest';
import { type Limit, newLimit, takenIn } from '../../shared/core/limit.ts';
import { runAtLimit } from '../../shared/core/limit-key.ts';
import {
  afterLook,
  counted,
  isRemovable,
  isUncounted,
  type Look,
  uncounted,
} from '../../shared/core/limit-mend.ts';
import { confirm, reserve } from '../../shared/core/limit-places.ts';
import { marked } from '../../shared/core/limit-queues.ts';
import { limitFields, limitIn } from '../../shared/wire/limit-item.ts';
import { minute, second, sha256, start } from '../kit/facts.ts';

const run = (taskId: string) =>
  runAtLimit({ taskId, run: 1, tenant: 'acme', tool: 'echo' }, sha256);
const placed: Limit = confirm(
  reserve(
    { ...newLimit('limit/echo', { maxRunning: 3 }, start), checkedAt: start },
    run('a'),
    start,
  ),
  run('a'),
);
const look = (over: Partial<Look>): Look => ({
  found: [],
  over: [],
  unlisted: 0,
  at: start,
  current: new Set([run('a').key]),
  ...over,
});

describe('a look at the rows', () => {
  it('changes nothing when all runs have their places', () => {
    expect(afterLook(placed, look({}))).toEqual(placed);
  });

  it('counts a run that has no place, until it is over', () => {
    const found = afterLook(placed, look({ found: [run('b')] }));
    expect(takenIn(found)).toBe(2);
    expect(afterLook(found, look({ found: [run('b')] })).named).toHaveLength(1);
    expect(takenIn(afterLook(found, look({ over: [run('b')] })))).toBe(1);
  });

  it('counts the runs that it did not read, and keeps their number when it was not finished', () => {
    const many = afterLook(placed, look({ unlisted: 4 }));
    expect(takenIn(many)).toBe(5);
    const { current: _none, ...unfinished } = look({});
    expect(takenIn(afterLook(many, unfinished))).toBe(5);
  });

  it('names no more runs than its item has room for, however many looks find others', () => {
    const found = Array.from({ length: 2_000 }, (_, n) => run(`old-${n}`));
    const current = new Set(found.map(({ key }) => key));
    let limit: Limit = newLimit('limit/echo', { maxRunning: 3 }, start);
    for (let from = 0; from < 2_000; from += 500) {
      const read = found.slice(from, from + 500);
      const unlisted = 2_000 - limit.named.length - read.length;
      limit = afterLook(limit, look({ found: read, current, unlisted }));
      expect(limitIn({ taskId: '#limit/echo', ...limitFields(limit) }).named).toHaveLength(500);
      expect(takenIn(limit)).toBe(2_000);
    }
  });

  it('takes a place away only when no look has shown its run for twenty minutes', () => {
    const unseen = (limit: Limit, at: number) => afterLook(limit, look({ current: new Set(), at }));
    const first = unseen(placed, start);
    expect(first.suspects).toEqual([{ key: run('a').key, since: start }]);
    const later = unseen(first, start + 20 * minute - second);
    expect(takenIn(later)).toBe(1);
    expect(takenIn(unseen(later, start + 20 * minute))).toBe(0);
    expect(afterLook(later, look({})).suspects).toEqual([]);
  });
});

it('counts what ran before the limit was known, some seconds after it was', () => {
  const fresh = newLimit('limit/echo', { maxRunning: 3 }, start);
  expect(isUncounted(fresh, start + 19 * second)).toBe(false);
  expect(isUncounted(fresh, start + 20 * second)).toBe(true);
  const open = counted(fresh, start + minute);
  expect([open.checkedAt, isUncounted(open, start + minute)]).toEqual([start + minute, false]);
  const again = uncounted(open, start + 2 * minute);
  expect(again.checkedAt).toBeUndefined();
  expect(isUncounted(again, start + 2 * minute)).toBe(false);
});

describe('a limit that was removed', () => {
  const empty: Limit = { ...placed, placed: [] };
  const stopped = uncounted(empty, start);
  const later = start + 2 * minute;
  it('counts no run that was launched without a place', () => {
    const found = afterLook(empty, look({ found: [run('b')], unlisted: 4 }));
    expect(takenIn(found)).toBe(5);
    expect(takenIn(uncounted(found, start))).toBe(0);
    expect(takenIn(uncounted(placed, start))).toBe(1);
  });

  it.each([
    ['goes when it counts nothing', stopped, stopped, true],
    ['stays while a run has a place', uncounted(placed, start), stopped, false],
    ['stays in the sweep that has stopped it', stopped, empty, false],
    [
      'stays while a task was told to wait lately',
      marked(stopped, 'echo', start + second),
      stopped,
      false,
    ],
    [
      'goes two minutes after a task was told to wait',
      marked(stopped, 'echo', start),
      stopped,
      true,
    ],
  ] as const)('%s', (_what, limit, was, goes) => {
    expect(isRemovable(limit, was, later)).toBe(goes);
  });
});
