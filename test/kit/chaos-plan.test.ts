import { expect, it } from 'vitest';
import { chaosPlan } from './chaos-plan.ts';

it('makes the same plan of the same seed, and another one of another', () => {
  expect(chaosPlan(7, 200)).toEqual(chaosPlan(7, 200));
  expect(chaosPlan(8, 200)).not.toEqual(chaosPlan(7, 200));
});

it.each([1, 2, 3])(
  'has every kind of trouble, in order, while tasks are still to come: seed %i',
  (seed) => {
    const plan = chaosPlan(seed, 200);
    const kinds = new Set(plan.map(({ trouble }) => trouble.kind));
    expect([...kinds].toSorted()).toEqual(['again', 'broker', 'deploy', 'host', 'kill', 'stop']);
    const times = plan.map(({ afterStarts }) => afterStarts);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(180);
  },
);
