import { expect, it } from 'vitest';
import type { Happening } from '../happening.ts';
import type { Item } from '../watchers.ts';
import { judgeRemovedLimits } from './removed-limits.ts';

const minute = 60_000;
const listOf = (...texts: readonly string[]) => ({ L: texts.map((S) => ({ S })) });
const limitItem = (name: string, more: Item = {}): Item => ({
  taskId: { S: `#${name}` },
  placedRuns: listOf(),
  namedRuns: listOf(),
  ...more,
});
const waiting = (heldBy: string): Item => ({
  taskId: { S: 'a' },
  phase: { S: 'QUEUED' },
  heldBy: { S: heldBy },
});

interface Start {
  readonly items: readonly Item[];
  readonly maxRunning?: number;
  readonly sweep?: 'current' | 'previous';
  readonly sweepsSkipped?: number;
  readonly happenings?: readonly Happening[];
}

/** A world whose tool echo has a limit of its own. The last limit of the stage was set, or removed, at 0. */
const openedWith = ({ sweep = 'current', sweepsSkipped = 0, happenings = [], ...start }: Start) => {
  let items = start.items;
  let now = 0;
  const limits = [{ at: 0, maxRunning: start.maxRunning }];
  const judge = judgeRemovedLimits(() => ({
    cloud: { items: () => items, stageLimits: () => limits },
    timeline: { now: () => now },
    plan: {
      tools: [{ name: 'echo', spec: { maxRunning: 2 } }],
      happenings,
      traits: { sweepsSkipped },
    },
    isCalm: () => false,
    releaseOf: () => ({ name: sweep }),
  }));
  return {
    isDone: judge.isDone,
    pass: (minutes: number) => {
      for (let n = 0; n < minutes; n += 1) {
        judge.eachMinute();
        now += minute;
      }
    },
    becomes: (...other: readonly Item[]) => {
      items = other;
    },
    setAndRemove: () => limits.push({ at: now, maxRunning: undefined }),
  };
};

it('wants the item of a removed limit gone after twelve minutes', () => {
  const world = openedWith({ items: [limitItem('stage')] });
  expect(() => world.pass(13)).not.toThrow();
  expect(() => world.pass(1)).toThrow('removed limit: the item #stage is still in the table');
});

it('says that something is left to do until the item is gone', () => {
  const world = openedWith({ items: [limitItem('stage')] });
  expect(world.isDone()).toBe(false);
  world.becomes();
  expect(world.isDone()).toBe(true);
});

it('wants the items of tools gone while the stage has a limit, and no other ones', () => {
  const items = [limitItem('stage'), limitItem('limit/echo')];
  expect(() => openedWith({ items, maxRunning: 3 }).pass(30)).toThrow('the item #limit/echo');
  expect(() => openedWith({ items: [limitItem('limit/echo')] }).pass(30)).not.toThrow();
  expect(() => openedWith({ items: [limitItem('limit/film')] }).pass(30)).toThrow('#limit/film');
  expect(() => openedWith({ items: [limitItem('live/echo')] }).pass(30)).not.toThrow();
});

it.each([
  ['a run has a place', [limitItem('stage', { placedRuns: listOf('0123') })]],
  ['a place is reserved', [limitItem('stage', { namedRuns: listOf('r1 0123 a/1 0') })]],
  ['a task waits', [limitItem('stage'), waiting('stage/echo')]],
])('asks nothing while %s', (_what, items) => {
  const world = openedWith({ items });
  expect(() => world.pass(30)).not.toThrow();
  world.becomes(limitItem('stage', { namedRuns: listOf('f1 0123 a/1 0') }), waiting('live/echo'));
  expect(() => world.pass(13)).not.toThrow();
  expect(() => world.pass(1)).toThrow('#stage');
});

it('counts from the last change of the limit', () => {
  const world = openedWith({ items: [limitItem('stage')] });
  world.pass(10);
  world.setAndRemove();
  expect(() => world.pass(13)).not.toThrow();
  expect(() => world.pass(1)).toThrow('#stage');
});

it('asks nothing of sweeps that do not come, know no such limit, or cannot work', () => {
  const items = [limitItem('stage')];
  expect(() => openedWith({ items, sweepsSkipped: 0.3 }).pass(30)).not.toThrow();
  expect(() => openedWith({ items, sweep: 'previous' }).pass(30)).not.toThrow();
  const happenings: readonly Happening[] = [
    { kind: 'trouble', at: 10 * minute, service: 'ssm', how: 'denying', until: 10 * minute + 1 },
  ];
  expect(() => openedWith({ items, happenings }).pass(24)).not.toThrow();
});
