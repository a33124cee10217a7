import type { Happening } from '../happening.ts';
import { minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/**
 * RabbitMQ takes every message and confirms none, while the tasks of a tool are tried again many times: doorbells ring, and the effects
 * stay in the outboxes of their rows.
 */
export const unconfirmed: Theme = {
  perThousand: 15,
  troubledMs: (chance) => chance.whole(40, 60) * minute,
  shape: (chance, { start, calmAt, tools: [failing = 'echo'] }) => {
    const attempts = chance.whole(10, 15);
    return {
      tool: (tool) =>
        tool.name === failing
          ? {
              ...tool,
              spec: { ...tool.spec, attempts, delaysMs: [0] },
              temper: {
                ...tool.temper,
                failures: 0.95,
                exitCodes: [1],
                durationMs: [1_000, 5_000],
                endless: 0,
                unstartable: 0,
              },
            }
          : tool,
      happenings: [
        { kind: 'trouble', at: start + minute, service: 'rabbitmq', how: 'deaf', until: calmAt },
        ...Array.from(
          { length: 2 },
          (_, n): Happening => ({
            kind: 'publish',
            at: start + chance.whole(60, 300) * second,
            queue: 'davit.tasks',
            id: `tried-${n + 1}`,
            body: JSON.stringify({ tool: failing }),
            replyTo: 'reply.web',
          }),
        ),
      ],
    };
  },
};
