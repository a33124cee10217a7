import type { Happening } from '../happening.ts';
import { minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** Most runs of a tool fail, and an operator redrives what has failed, again and again: also what has failed after several runs. */
export const redrives: Theme = {
  perThousand: 15,
  shape: (chance, { start, calmAt, tools: [failing = 'echo'] }) => {
    const attempts = chance.whole(1, 2);
    const failed = (_: unknown, n: number): readonly Happening[] => {
      const taskId = `failed-${n + 1}`;
      const first = start + chance.whole(5, 120) * second;
      const redrive = (): Happening => ({
        kind: 'play',
        at: chance.whole(first + 30 * second, calmAt - minute),
        taskId,
        fact: { kind: 'redriveAsked' },
      });
      return [
        {
          kind: 'publish',
          at: first,
          queue: 'davit.tasks',
          id: taskId,
          body: JSON.stringify({ tool: failing }),
          replyTo: 'reply.web',
        },
        ...Array.from({ length: 4 }, redrive),
      ];
    };
    return {
      tool: (tool) =>
        tool.name === failing
          ? {
              ...tool,
              spec: { ...tool.spec, attempts, delaysMs: [0] },
              temper: { ...tool.temper, failures: 0.8, durationMs: [1_000, 5_000] },
            }
          : tool,
      happenings: Array.from({ length: 4 }, failed).flat(),
    };
  },
};
