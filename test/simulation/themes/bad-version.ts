import type { Happening } from '../happening.ts';
import { minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** A version that works, and after it one or two of which no run can start; tasks come all the time. */
export const badVersion: Theme = {
  perThousand: 60,
  troubledMs: (chance) => chance.whole(25, 45) * minute,
  shape: (chance, { start, calmAt }) => {
    const bad = chance.pick<readonly string[]>([['1.1.0'], ['1.1.0', '1.2.0'], ['1.0.0', '1.1.0']]);
    const pins = [
      '1.1.0',
      ...(chance.is(0.5) ? ['1.2.0'] : []),
      ...(chance.is(0.3) ? ['1.1.0'] : []),
    ];
    const firstPin = start + chance.whole(3, 6) * minute;
    const pinned: readonly Happening[] = pins.map((version, n) => ({
      kind: 'pin',
      at: firstPin + n * chance.whole(5, 9) * minute,
      tool: 'echo',
      version,
      isPushed: true,
    }));
    const published: readonly Happening[] = Array.from({ length: 16 }, (_, n) => ({
      kind: 'publish',
      at: chance.whole(start + second, calmAt - 5 * minute),
      queue: 'davit.tasks',
      id: `more-${n + 1}`,
      body: JSON.stringify({ tool: 'echo' }),
      replyTo: 'reply.web',
    }));
    return {
      tool: (tool) =>
        tool.name === 'echo'
          ? {
              ...tool,
              temper: { ...tool.temper, failures: 0, unstartable: 0, endless: 0, badVersions: bad },
            }
          : tool,
      happenings: [...pinned, ...published],
    };
  },
};
