import { minute, second } from '../plan-frame.ts';
import { lasting, ownTasks } from './own-tasks.ts';
import type { Theme } from './theme.ts';

/** Launches are in doubt for some minutes. When ECS answers again, the index of the table does not show their rows yet. */
export const lateIndex: Theme = {
  perThousand: 12,
  shape: (chance, frame) => {
    const at = frame.start + chance.whole(1, 3) * minute;
    const until = at + chance.whole(4, 7) * minute;
    return {
      spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
      traits: { eventLoss: 1, indexLagMs: [0, 60_000], sweepsSkipped: 0 },
      tool: lasting(10, 30),
      happenings: [
        { kind: 'trouble', at, service: 'ecs', how: 'deaf', until },
        ...ownTasks(chance, frame, { from: at + second, until: at + minute }),
      ],
    };
  },
};
