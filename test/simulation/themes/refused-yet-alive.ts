import type { Happening } from '../happening.ts';
import { minute } from '../plan-frame.ts';
import { lasting, ownTasks } from './own-tasks.ts';
import type { Theme } from './theme.ts';

/** ECS has no capacity for long, and starts runs that it has refused: they live while their rows wait for capacity. */
export const refusedYetAlive: Theme = {
  perThousand: 12,
  troubledMs: (chance) => chance.whole(50, 70) * minute,
  shape: (chance, frame) => {
    const at = frame.start + chance.whole(2, 8) * minute;
    const until = at + chance.whole(35, 45) * minute;
    const closed = ['FARGATE', 'FARGATE_SPOT'].map(
      (provider): Happening => ({ kind: 'noCapacity', at, until, provider, seen: 'at once' }),
    );
    return {
      spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
      traits: { refusedYetStarted: 0.5, sweepsSkipped: 0 },
      tool: lasting(20, 50),
      happenings: [...closed, ...ownTasks(chance, frame, { from: at, until: at + 5 * minute })],
    };
  },
};
