import { expect, it } from 'vitest';
import { senderOf } from './calls.ts';
import { chanceOf } from './chance.ts';
import { openFunctions } from './functions.ts';
import { minute } from './plan-frame.ts';
import { planOf } from './plan-of.ts';
import { harmless } from './shrink.ts';
import { blind } from './watchers.ts';
import { newWorld, type Release } from './world.ts';

const current: Release = { name: 'current', openFunctions };

it('a throttle is tried again only where the SDK knows it by its code', async () => {
  const plan = planOf(1);
  const until = plan.start + 60 * minute;
  const world = newWorld({
    plan: {
      ...plan,
      traits: harmless,
      happenings: [{ kind: 'trouble', at: plan.start, service: 'ecs', how: 'throttling', until }],
    },
    watchers: blind,
    current,
    previous: current,
  });
  const chance = chanceOf(1, 'calls');
  const caller = { name: 'dispatch-1', chance, wake: (what: () => void) => what() };
  const send = senderOf(world, caller, () => ({ ok: true, output: {} }));
  const tries = new Map<string, Set<unknown>>();
  for (let n = 0; n < 20; n += 1) {
    const call = send('ecs', 'RunTask', {}, undefined).catch((error) => {
      const seen = tries.get(error.name) ?? new Set();
      tries.set(error.name, seen.add(error.$metadata.attempts));
    });
    await world.timeline.runUntil(world.timeline.now() + minute, () => {});
    await call;
  }
  expect(Object.fromEntries(tries)).toEqual({
    ThrottlingException: new Set([2]),
    ClientException: expect.any(Set),
    InvalidParameterException: expect.any(Set),
  });
  // The first try may have been throttled in another way than the second.
  expect(tries.get('ClientException')).toContain(1);
  expect(tries.get('InvalidParameterException')).toContain(1);
});
