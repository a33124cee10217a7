import { describe, expect, it } from 'vitest';
import type { Item } from '../watchers.ts';
import { rowIn } from './item.ts';
import { longWaitsOf } from './long-waits.ts';

const minute = 60_000;
const start = Date.parse('2026-11-24T14:00:00.000Z');

const itemOf = (taskId: string, heldBy?: string): Item => ({
  taskId: { S: taskId },
  phase: { S: 'QUEUED' },
  run: { N: '1' },
  queuedAt: { S: new Date(start).toISOString() },
  ...(heldBy === undefined ? {} : { heldBy: { S: heldBy } }),
});

/** Whether rows wait for too long after so many minutes. */
const openedWith = (...items: readonly Item[]) => {
  let minutes = 0;
  const waits = longWaitsOf(() => ({
    cloud: { items: () => items, containers: { all: [] } },
    timeline: { now: () => start + minutes * minute },
  }));
  return {
    ...waits,
    isLongAt: (item: Item, after: number): boolean => {
      minutes = after;
      const row = rowIn(item);
      return row !== undefined && waits.has(row, minutes * minute);
    },
    pass: (after: number) => {
      minutes = after;
    },
  };
};

describe('a queued row waits for too long', () => {
  it('after 25 minutes, or an hour where it is of a backup', () => {
    const [old, fresh] = [itemOf('old'), itemOf('fresh')];
    const waits = openedWith(old);
    expect([25, 26].map((at) => waits.isLongAt(old, at))).toEqual([false, true]);
    waits.restored();
    expect([26, 60, 61].map((at) => waits.isLongAt(old, at))).toEqual([false, false, true]);
    expect(waits.isLongAt(fresh, 26)).toBe(true);
  });

  it('never for a place, and for something else from then on', () => {
    const [placeless, broken] = [itemOf('a', 'limit/echo'), itemOf('a', 'live/echo')];
    const waits = openedWith();
    expect(waits.isLongAt(placeless, 90)).toBe(false);
    waits.pass(90);
    waits.written(placeless, broken, 'dispatch-1');
    expect([115, 116].map((at) => waits.isLongAt(broken, at))).toEqual([false, true]);
  });
});
