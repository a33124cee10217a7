import { describe, expect, it } from 'vitest';
import { crashPointsOf } from './crash-points.ts';
import { openFunctions } from './functions.ts';
import type { CrashPoint } from './happening.ts';
import { openJudges } from './judges/all.ts';
import { planOf } from './plan-of.ts';
import { newWorld } from './world.ts';

const minute = 60_000;

/** A port in a world with one crash, whose call `read` answers how often it was called. */
const guarded = (at: number, point: CrashPoint) => {
  const plan = planOf(1);
  const current = { name: 'current', openFunctions };
  const world = newWorld({
    plan: { ...plan, happenings: [{ kind: 'crash', at: plan.start + at, point }] },
    watchers: openJudges().watchers,
    current,
    previous: current,
  });
  const environment = () => ({
    name: 'settle-1',
    flow: 'settle' as const,
    onCrash: () => {},
    wake: (what: () => void) => what(),
  });
  let calls = 0;
  const port = { read: async () => (calls += 1) };
  const { guard } = crashPointsOf(world);
  return {
    /** Each call comes from a new process. */
    read: () => guard('tasks', port, environment).read(),
    calls: () => calls,
    wait: (ms: number) => world.timeline.runUntil(world.timeline.now() + ms, () => {}),
    lastsMs: plan.calmAt - plan.start,
  };
};

const point: CrashPoint = {
  flow: 'settle',
  call: 'tasks.read',
  nth: 2,
  moment: 'before',
  how: 'throw',
};

describe('a planned crash', () => {
  it('comes at the nth call after its time', async () => {
    const { read, calls, wait } = guarded(minute, point);
    for (const nth of [1, 2, 3]) expect(await read()).toBe(nth);
    await wait(2 * minute);
    expect(await read()).toBe(4);
    await expect(read()).rejects.toThrow('crashed before tasks.read');
    expect(calls()).toBe(4);
    expect(await read()).toBe(5);
  });

  it('may come after the call, so that its answer is never read', async () => {
    const { read, calls } = guarded(0, { ...point, nth: 1, moment: 'after' });
    await expect(read()).rejects.toThrow('crashed after tasks.read');
    expect(calls()).toBe(1);
  });

  it('does not come in a calm world, nor at calls of another function or port', async () => {
    const { read, wait, lastsMs } = guarded(0, { ...point, nth: 1 });
    await wait(lastsMs);
    expect(await read()).toBe(1);
    expect(await guarded(0, { ...point, nth: 1, flow: 'sweep' }).read()).toBe(1);
    expect(await guarded(0, { ...point, nth: 1, call: 'tasks.save' }).read()).toBe(1);
  });
});
