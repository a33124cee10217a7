import type { Happening } from '../happening.ts';
import { minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

const ids = Array.from({ length: 10 }, (_, n) => `task-${n + 1}`);

/** Many tasks fail, and people cancel and redrive them, before and after their messages, and twice. */
export const requests: Theme = {
  perThousand: 60,
  shape: (chance, { start, calmAt }) => {
    const between = (): number => chance.whole(start + second, calmAt - minute);
    const tasks = ids.filter(() => chance.is(0.6));
    const redrives = tasks.flatMap((taskId): Happening[] => {
      const first = between();
      const redrive = (at: number): Happening => ({
        kind: 'play',
        at,
        taskId,
        fact: { kind: 'redriveAsked' },
      });
      return [redrive(first), redrive(chance.whole(first, calmAt))];
    });
    const cancels = ids
      .filter(() => chance.is(0.3))
      .map(
        (taskId): Happening => ({
          kind: 'play',
          // Before most messages come, or at any later time.
          at: chance.is(0.5) ? start + second + chance.whole(0, 5_000) : between(),
          taskId,
          fact: { kind: 'cancelAsked', taskId },
        }),
      );
    const rubbish = ['rubbish', '{"ask":"cancel"}', '{"ask":"redrive","taskId":"a b"}'].map(
      (body): Happening => ({ kind: 'publish', at: between(), queue: 'davit.control', body }),
    );
    return {
      tool: (tool) => ({
        ...tool,
        spec: { ...tool.spec, attempts: chance.whole(1, 2), exitCodes: {} },
        temper: { ...tool.temper, failures: 0.7, exitCodes: [64, 1], durationMs: [1_000, 5_000] },
      }),
      happenings: [...redrives, ...cancels, ...rubbish],
    };
  },
};
