import type { Chance } from '../chance.ts';
import type { Called } from '../flow-calls.ts';
import type { PlayedFact } from '../functions.ts';
import type { Happening } from '../happening.ts';
import { crashAt } from '../plan-crashes.ts';
import { type Frame, minute, second, timeIn } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** Users who do not wait: they cancel, ask for more runs, and send other messages under the same id while a task is in any phase. */
export const impatient: Theme = {
  perThousand: 70,
  shape: (chance, frame) => {
    const isFailing = chance.is(0.5);
    return {
      traits: { ecsLatencyMs: [1, 4_000] },
      // Tasks that have failed can be redriven.
      tool: (tool) =>
        isFailing
          ? { ...tool, temper: { ...tool.temper, failures: 0.6, exitCodes: [64, 1] } }
          : tool,
      happenings: [
        ...Array.from({ length: 5 }, (_, n) => eager(chance, frame, `eager-${n + 1}`)).flat(),
        ...Array.from({ length: 5 }, () => crashAt(chance, frame, chance.pick(calls))),
        // So a redrive finds effects in the outbox of the row.
        ...Array.from({ length: 2 }, () => deafBroker(chance, frame)),
      ],
    };
  },
};

const calls: readonly [Called, ...Called[]] = [
  { flow: 'dispatch', call: 'runs.stop' },
  { flow: 'settle', call: 'runs.stop' },
  { flow: 'sweep', call: 'runs.stop' },
  { flow: 'play', call: 'runs.stop' },
  { flow: 'play', call: 'broker.ring' },
  { flow: 'play', call: 'broker.announce' },
  { flow: 'play', call: 'broker.bury' },
  { flow: 'play', call: 'broker.reply' },
  { flow: 'play', call: 'bus.put' },
];

const deafBroker = (chance: Chance, frame: Frame): Happening => {
  const at = timeIn(chance, frame);
  const until = Math.min(frame.calmAt, at + 90 * second);
  return { kind: 'trouble', at, service: 'rabbitmq', how: 'deaf', until };
};

/** One task, and what its users send after its message. */
const eager = (chance: Chance, frame: Frame, id: string): readonly Happening[] => {
  const { tools, calmAt } = frame;
  const tool = chance.is(0.15) ? 'unknown' : (tools[chance.whole(0, tools.length - 1)] ?? '');
  const first = timeIn(chance, frame);
  const later = (): number =>
    Math.min(
      calmAt - second,
      first +
        chance.pick([
          chance.whole(400, 4_000),
          chance.whole(3, 60) * second,
          chance.whole(1, 8) * minute,
        ]),
    );
  const publish = (body: object, at: number): Happening => ({
    kind: 'publish',
    at,
    queue: 'davit.tasks',
    id,
    body: JSON.stringify(body),
    replyTo: 'reply.web',
  });
  return [
    publish({ tool }, first),
    ...Array.from({ length: chance.whole(0, 2) }, () => publish({ tool: 'unknown' }, later())),
    ...Array.from(
      { length: chance.whole(2, 5) },
      (): Happening => ({ kind: 'play', at: later(), taskId: id, fact: factFor(chance, id) }),
    ),
    // By then the first run has often failed.
    {
      kind: 'play',
      at: Math.min(calmAt - second, first + chance.whole(20, 240) * second),
      taskId: id,
      fact: { kind: 'redriveAsked' },
    },
  ];
};

const factFor = (chance: Chance, taskId: string): PlayedFact =>
  chance.pick<PlayedFact>([
    { kind: 'cancelAsked', taskId },
    { kind: 'redriveAsked' },
    { kind: 'redriveAsked' },
    { kind: 'resultRead', run: chance.whole(1, 2), result: '{"frames":240}' },
  ]);
