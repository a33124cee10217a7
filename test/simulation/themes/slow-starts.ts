import { minute, second } from '../plan-frame.ts';
import { tasksFrom } from './tasks-from.ts';
import type { Theme } from './theme.ts';

/** ECS looks for machines and pulls images for up to forty minutes, also for tasks that came shortly before the world calms down. */
export const slowStarts: Theme = {
  perThousand: 20,
  troubledMs: (chance) => chance.whole(15, 40) * minute,
  shape: (chance, { calmAt, tools }) => ({
    traits: { provisioningMs: [30 * second, 40 * minute] },
    happenings: [10, 6, 3].flatMap((minutes) =>
      tasksFrom(chance, tools, {
        name: `slow-${minutes}`,
        at: calmAt - minutes * minute,
        withinMs: 2 * minute,
      }),
    ),
  }),
};
