import type { Chance } from '../chance.ts';
import { callsOf } from '../flow-calls.ts';
import type { Happening } from '../happening.ts';
import { crashAt } from '../plan-crashes.ts';
import { type Frame, second, timeIn } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** RabbitMQ drops messages while the table cannot be reached, and `control` ends again and again while it takes them over. */
export const droppedMessages: Theme = {
  perThousand: 60,
  shape: (chance, frame) => ({
    traits: { deliveryLimit: 1 },
    happenings: [
      ...Array.from({ length: 3 }, (_, n) => outage(chance, frame, n)).flat(),
      ...Array.from({ length: 3 }, (_, n) => request(chance, frame, n)),
      ...Array.from({ length: 6 }, () =>
        crashAt(chance, frame, { flow: 'control', call: chance.pick(callsOf.control) }),
      ),
    ],
  }),
};

/** Some messages that no dispatch can write. */
const outage = (chance: Chance, frame: Frame, nth: number): readonly Happening[] => {
  const at = timeIn(chance, frame);
  const lastsMs = chance.whole(15, 40) * second;
  const tool = frame.tools[nth % frame.tools.length] ?? 'echo';
  return [
    { kind: 'trouble', at, service: 'dynamodb', how: 'refusing', until: at + lastsMs },
    ...Array.from(
      { length: 2 },
      (_, n): Happening => ({
        kind: 'publish',
        at: at + chance.whole(0, lastsMs / 2),
        queue: 'davit.tasks',
        id: `dropped-${nth + 1}-${n + 1}`,
        body: JSON.stringify({ tool }),
        replyTo: 'reply.web',
      }),
    ),
  ];
};

/** What an operator asks of `control`. */
const request = (chance: Chance, frame: Frame, nth: number): Happening => ({
  kind: 'publish',
  at: timeIn(chance, frame),
  queue: 'davit.control',
  body: JSON.stringify(
    chance.is(0.5)
      ? { ask: 'backlog' }
      : {
          ask: 'submit',
          taskId: `requested-${nth + 1}`,
          body: JSON.stringify({ tool: frame.tools[0] }),
        },
  ),
});
