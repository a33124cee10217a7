import type { Called } from '../flow-calls.ts';
import { crashesAtEach } from '../plan-crashes.ts';
import { minute, second } from '../plan-frame.ts';
import { inRounds, roundsMs } from './rounds.ts';
import { tasksFrom } from './tasks-from.ts';
import type { Theme } from './theme.ts';

/** While launches are in doubt, a deployment gives the functions other subnets, and the messages come again. */
export const movingNetwork: Theme = {
  perThousand: 15,
  troubledMs: roundsMs,
  shape: (chance, frame) => ({
    traits: { eventLoss: 1 },
    happenings: [
      ...inRounds(chance, frame, ({ number, at, until }) => {
        const deployedAt = at + chance.whole(20, 60) * second;
        const published = ['moved', 'more'].flatMap((name) =>
          tasksFrom(chance, frame.tools, {
            name: `${name}-${number}`,
            at: at + second,
            withinMs: 10 * second,
          }),
        );
        return [
          { kind: 'trouble', at, service: 'ecs', how: 'deaf', until },
          { kind: 'deploy', at: deployedAt, to: 'current' },
          ...published,
          ...[...published, ...published, ...published].map((message) => ({
            ...message,
            at: chance.whole(deployedAt + minute, until),
          })),
        ];
      }),
      ...crashesAtEach(chance, frame, counts),
    ],
  }),
};

/** dispatch counts what a run showed of its version where it sends an order again and hears that the run has started, or ended. */
const counts: readonly Called[] = [
  { flow: 'dispatch', call: 'versions.saveVersion' },
  { flow: 'dispatch', call: 'versions.saveVersion' },
];
