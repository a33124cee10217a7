import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { crashAt } from '../plan-crashes.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** Machines are reclaimed while dispatch is frozen, and somebody purges the queue then: the doorbells of the next runs are lost. */
export const lostDoorbells: Theme = {
  perThousand: 40,
  troubledMs: (chance) => chance.whole(50, 80) * minute,
  shape: (chance, frame) => ({
    tool: (tool) => ({
      ...tool,
      spec: { ...tool.spec, timeoutMs: 60 * minute, reclaims: 3, startWithinMs: 1440 * minute },
      temper: { ...tool.temper, durationMs: [3 * minute, 10 * minute] },
    }),
    happenings: [
      ...[3, 15, 27, 39].flatMap((minutes) =>
        loss(chance, frame, frame.start + minutes * minute + chance.whole(0, minute)),
      ),
      ...Array.from({ length: 4 }, () =>
        crashAt(chance, frame, { flow: 'sweep', call: 'broker.doorbells' }),
      ),
      crashAt(chance, frame, { flow: 'settle', call: 'broker.ring' }),
      crashAt(chance, frame, { flow: 'dispatch', call: 'broker.ring' }),
    ],
  }),
};

/** Two tasks run; a third one finds dispatch frozen, for two minutes. */
const loss = (chance: Chance, { tools }: Frame, at: number): readonly Happening[] => {
  const minutes = Math.round(at / minute) % 60;
  const publish = (id: string, when: number): Happening => ({
    kind: 'publish',
    at: when,
    queue: 'davit.tasks',
    id,
    body: JSON.stringify({ tool: tools[chance.whole(0, tools.length - 1)] }),
  });
  const frozenAt = at + minute;
  return [
    publish(`unheard-${minutes}-1`, at),
    publish(`unheard-${minutes}-2`, at + second),
    {
      kind: 'crash',
      at: frozenAt,
      point: { flow: 'dispatch', nth: 1, moment: 'before', how: 'freeze' },
    },
    publish(`unheard-${minutes}-3`, frozenAt),
    ...Array.from(
      { length: 2 },
      (): Happening => ({
        kind: 'reclaim',
        at: frozenAt + chance.whole(2, 15) * second,
        which: chance.whole(0, 20),
      }),
    ),
    { kind: 'purge', at: frozenAt + chance.whole(60, 110) * second, queue: 'davit.doorbells' },
  ];
};
