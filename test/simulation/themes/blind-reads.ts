import { minute } from '../plan-frame.ts';
import { lasting, ownTasks } from './own-tasks.ts';
import type { Theme } from './theme.ts';

/** Runs last long, and reads of ECS miss them now and then: never twice within the five minutes after which a run has vanished. */
export const blindReads: Theme = {
  perThousand: 12,
  troubledMs: (chance) => chance.whole(45, 60) * minute,
  shape: (chance, frame) => ({
    spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
    traits: { blindReads: 0.3, sweepsSkipped: 0 },
    tool: lasting(15, 50),
    happenings: ownTasks(chance, frame, {
      from: frame.start + minute,
      until: frame.start + 10 * minute,
    }),
  }),
};
