import type { Happening } from '../happening.ts';
import { minute, second } from '../plan-frame.ts';
import { quietTool } from './quiet-tool.ts';
import type { Theme } from './theme.ts';

/** Messages that ask for a time, a timeout, a size and a group of their own, and come twice while their task waits. */
export const ownTerms: Theme = {
  perThousand: 25,
  shape: (chance, { start, calmAt, tools }) => {
    const asking = (_: unknown, n: number): readonly Happening[] => {
      const at = chance.whole(start + 5 * second, start + 3 * minute);
      const waitsMs = chance.whole(2 * minute, 12 * minute);
      const body = JSON.stringify({
        tool: tools[chance.whole(0, tools.length - 1)] ?? 'echo',
        group: chance.pick(['night', 'day']),
        ...(chance.is(0.7) ? { notBefore: new Date(at + waitsMs).toISOString() } : {}),
        ...(chance.is(0.7) ? { timeout: chance.pick(['45s', '90s']) } : {}),
        ...(chance.is(0.4) ? { cpu: 512, memoryMiB: chance.pick([1024, 2048]) } : {}),
      });
      const times = [at, ...(chance.is(0.6) ? [chance.whole(at, at + waitsMs)] : [])];
      return times
        .filter((one) => one < calmAt)
        .map((one) => ({
          kind: 'publish',
          at: one,
          queue: 'davit.tasks',
          id: `asking-${n + 1}`,
          body,
          replyTo: 'reply.web',
        }));
    };
    return {
      // Some runs end in time, and others must be stopped.
      tool: quietTool([20 * second, 4 * minute]),
      happenings: Array.from({ length: 6 }, asking).flat(),
    };
  },
};
