import type { Happening } from '../happening.ts';
import { minute } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

const hour = 60 * minute;
const queue = 'reply.stuck';

/**
 * A queue of replies takes nothing for longer than Davit tries: a day. Such worlds are rare, because they take seconds; so only some
 * early tasks use that queue.
 */
export const dayWithoutReplies: Theme = {
  perThousand: 10,
  troubledMs: () => 27 * hour,
  shape: (chance, { start, calmAt, tools: [tool = 'echo'] }) => ({
    spared: ['dynamodb', 'rabbitmq'],
    // A task that waits all day would be most of the world.
    tool: ({ spec, ...tool }) => ({
      ...tool,
      spec: { ...spec, startWithinMs: Math.min(spec.startWithinMs, hour) },
    }),
    happenings: [
      { kind: 'repliesStuck', at: start + minute, queue, until: calmAt },
      ...Array.from(
        { length: 3 },
        (_, n): Happening => ({
          kind: 'publish',
          at: start + chance.whole(1, 20) * minute,
          queue: 'davit.tasks',
          id: `early-${n + 1}`,
          body: JSON.stringify({ tool }),
          replyTo: queue,
        }),
      ),
    ],
  }),
};
