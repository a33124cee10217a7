import type { Chance } from '../chance.ts';
import type { Called } from '../flow-calls.ts';
import type { Happening } from '../happening.ts';
import { crashesAtEach } from '../plan-crashes.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import { inheritance } from './inheritance.ts';
import type { Scene } from './scene.ts';
import type { Theme } from './theme.ts';

/** Functions end at calls that they seldom make, in a world in which they make them. */
export const aimedCrashes: Theme = {
  perThousand: 59,
  troubledMs: (chance) => chance.whole(25, 32) * minute,
  shape: (chance, frame) => {
    const { shape, calls } = chance.pick(scenes)(chance, frame);
    return {
      ...shape,
      happenings: [
        ...shape.happenings,
        ...crashesAtEach(chance, frame, calls),
        ...crashesAtEach(
          chance,
          frame,
          everywhere.filter(() => chance.is(0.5)),
        ),
      ],
    };
  },
};

/** Runs of one tool cannot start, so a version becomes broken; with few ECS events the sweep is the one that learns of it. */
const brokenVersions: Scene = (chance, frame) => {
  const eventLoss = chance.pick([0, 1]);
  const flow = eventLoss === 1 ? 'sweep' : 'settle';
  return {
    shape: {
      traits: { eventLoss, sweepsSkipped: 0 },
      spared: ['dynamodb', 'ecs', 'rabbitmq'],
      tool: (tool) => ({
        ...tool,
        temper: { ...tool.temper, unstartable: 0, badVersions: ['1.0.0', '1.1.0'] },
      }),
      happenings: [
        ...some(chance, frame, 12),
        ...[8, 16].flatMap((minutes, n) =>
          frame.tools.map(
            (tool): Happening => ({
              kind: 'pin',
              at: frame.start + minutes * minute,
              tool,
              version: n === 0 ? '1.1.0' : '1.0.0',
              isPushed: true,
            }),
          ),
        ),
      ],
    },
    calls: [
      { flow, call: 'bus.putBroken' },
      { flow, call: 'versions.saveVersion' },
      { flow, call: 'versions.readVersion' },
      { flow, call: 'runs.stop' },
      { flow: 'dispatch', call: 'versions.readVersion' },
      { flow: 'dispatch', call: 'versions.saveVersion' },
    ],
  };
};

/** Runs that were accepted end for want of capacity: who sees that closes their placement. */
const lateCapacity: Scene = (chance, frame) => {
  const eventLoss = chance.pick([0, 0, 1]);
  const flow = eventLoss === 1 ? 'sweep' : 'settle';
  return {
    shape: {
      traits: { eventLoss, sweepsSkipped: 0, strangeConflicts: 0.3 },
      spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
      happenings: [
        ...some(chance, frame, 12),
        ...[1, 12].flatMap((minutes) =>
          ['FARGATE', 'FARGATE_SPOT'].map(
            (provider): Happening => ({
              kind: 'noCapacity',
              at: frame.start + minutes * minute,
              provider,
              seen: 'late',
              until: frame.start + (minutes + 6) * minute,
            }),
          ),
        ),
      ],
    },
    calls: [
      { flow, call: 'gates.closure' },
      { flow, call: 'gates.saveClosure' },
      { flow, call: 'gates.touch' },
      { flow: 'dispatch', call: 'runs.describe' },
      { flow: 'dispatch', call: 'gates.waiters' },
      { flow: 'dispatch', call: 'gates.saveClosure' },
      { flow: 'sweep', call: 'gates.retire' },
      { flow: 'sweep', call: 'gates.closure' },
      { flow: 'sweep', call: 'gates.waiters' },
    ],
  };
};

const scenes: readonly [Scene, ...Scene[]] = [
  brokenVersions,
  lateCapacity,
  inheritance('control'),
  inheritance('play'),
];

/** Calls that are made in most worlds, and seldom hit. */
const everywhere: readonly Called[] = [
  { flow: 'dispatch', call: 'bus.put' },
  { flow: 'settle', call: 'broker.bury' },
  { flow: 'settle', call: 'bus.put' },
  { flow: 'sweep', call: 'broker.doorbells' },
  { flow: 'sweep', call: 'gates.named' },
  { flow: 'sweep', call: 'gates.saveClosure' },
  { flow: 'sweep', call: 'place.save' },
  { flow: 'sweep', call: 'runs.traces' },
  { flow: 'sweep', call: 'tools.find' },
  { flow: 'sweep', call: 'tools.version' },
  { flow: 'control', call: 'broker.answer' },
];

/** Tasks at random times, so that there are always some. */
const some = (
  chance: Chance,
  { start, calmAt, tools }: Frame,
  count: number,
): readonly Happening[] =>
  Array.from({ length: count }, (_, n) => ({
    kind: 'publish',
    at: chance.whole(start + second, calmAt - 5 * minute),
    queue: 'davit.tasks',
    id: `aimed-${n + 1}`,
    body: JSON.stringify({ tool: tools[n % tools.length] }),
    replyTo: 'reply.web',
  }));
