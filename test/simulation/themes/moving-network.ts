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
    happenings: inRounds(chance, frame, ({ number, at, until }) => {
      const deployedAt = at + chance.whole(20, 60) * second;
      const published = tasksFrom(chance, frame.tools, {
        name: `moved-${number}`,
        at: at + second,
        withinMs: 10 * second,
      });
      return [
        { kind: 'trouble', at, service: 'ecs', how: 'deaf', until },
        { kind: 'deploy', at: deployedAt, to: 'current' },
        ...published,
        ...published.map((message) => ({
          ...message,
          at: chance.whole(deployedAt + minute, until),
        })),
      ];
    }),
  }),
};
