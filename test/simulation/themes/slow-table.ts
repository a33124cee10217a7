import type { Happening } from '../happening.ts';
import { minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** The table answers slowly while users come and cancel at once: two writers of one row meet often, and one of them loses. */
export const slowTable: Theme = {
  perThousand: 15,
  shape: (chance, { start, calmAt, tools: [tool = 'echo'] }) => {
    const at = start + chance.whole(30, 180) * second;
    const until = Math.min(calmAt - minute, at + 5 * minute);
    const raced = Array.from({ length: 5 }, (_, n): readonly Happening[] => {
      const taskId = `raced-${n + 1}`;
      const first = at + chance.whole(0, 120) * second;
      return [
        {
          kind: 'publish',
          at: first,
          queue: 'davit.tasks',
          id: taskId,
          body: JSON.stringify({ tool }),
          replyTo: 'reply.web',
        },
        {
          kind: 'play',
          at: first + chance.whole(0, 60) * second,
          taskId,
          fact: { kind: 'cancelAsked', taskId },
        },
      ];
    });
    return {
      happenings: [
        { kind: 'trouble', at, service: 'dynamodb', how: 'slow', until },
        ...raced.flat(),
      ],
    };
  },
};
