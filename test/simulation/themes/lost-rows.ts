import { minute, second } from '../plan-frame.ts';
import { lasting, ownTasks } from './own-tasks.ts';
import type { Theme } from './theme.ts';

/** The table is restored as it was before long runs began, so that no row knows them. */
export const lostRows: Theme = {
  perThousand: 15,
  troubledMs: (chance) => chance.whole(35, 50) * minute,
  shape: (chance, frame) => {
    const since = frame.start + chance.whole(2, 10) * minute;
    const at = since + chance.whole(3, 10) * minute;
    return {
      spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
      tool: lasting(15, 40),
      happenings: [
        { kind: 'restore', at, since },
        ...ownTasks(chance, frame, { from: since + second, until: at - 30 * second }),
      ],
    };
  },
};
