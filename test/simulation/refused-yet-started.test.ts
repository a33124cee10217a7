import { expect, it } from 'vitest';
import { openFunctions } from './functions.ts';
import type { Happening } from './happening.ts';
import { minute, second } from './plan-frame.ts';
import { planOf } from './plan-of.ts';
import { runPlan } from './run-seed.ts';
import { harmless } from './shrink.ts';
import type { Release } from './world.ts';

const current: Release = { name: 'current', openFunctions };

it('a run that ECS refuses and starts all the same has a container', async () => {
  const plan = planOf(1);
  const from = plan.start + 2 * second;
  const closed = {
    kind: 'noCapacity',
    at: from,
    until: from + 4 * minute,
    seen: 'at once',
  } as const;
  const happenings: readonly Happening[] = [
    { ...closed, provider: 'FARGATE' },
    { ...closed, provider: 'FARGATE_SPOT' },
    {
      kind: 'publish',
      at: from + 5 * second,
      queue: 'davit.tasks',
      id: 'refused',
      body: '{"tool":"echo"}',
    },
  ];
  const story: string[] = [];
  const run = await runPlan(
    { ...plan, traits: { ...harmless, refusedYetStarted: 1 }, happenings },
    { current, previous: current, note: (line) => void story.push(line) },
  );
  expect(run.violation).toBeUndefined();
  expect(story.some((line) => line.includes('container refused/1 starts'))).toBe(true);
});
