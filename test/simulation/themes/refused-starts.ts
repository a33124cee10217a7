import { minute, second } from '../plan-frame.ts';
import { inRounds, roundsMs } from './rounds.ts';
import { tasksFrom } from './tasks-from.ts';
import type { Theme } from './theme.ts';

/** ECS refuses runs for want of capacity and starts most of them all the same. Many do not end by themselves. */
export const refusedStarts: Theme = {
  perThousand: 15,
  troubledMs: roundsMs,
  shape: (chance, frame) => ({
    traits: { refusedYetStarted: 0.8 },
    tool: (tool) => ({ ...tool, temper: { ...tool.temper, endless: 0.5, unstartable: 0 } }),
    happenings: inRounds(chance, frame, ({ number, at }) => {
      const until = at + chance.whole(60, 180) * second;
      const closed = { kind: 'noCapacity', at, until, seen: 'at once' } as const;
      return [
        { ...closed, provider: 'FARGATE' },
        { ...closed, provider: 'FARGATE_SPOT' },
        ...tasksFrom(chance, frame.tools, {
          name: `refused-${number}`,
          at: at + second,
          withinMs: minute,
        }),
      ];
    }),
  }),
};
