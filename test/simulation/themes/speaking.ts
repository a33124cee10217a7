import type { Chance } from '../chance.ts';
import { type Called, callsOf } from '../flow-calls.ts';
import type { Happening, Trouble } from '../happening.ts';
import { crashesAtEach } from '../plan-crashes.ts';
import { type Frame, minute, second, timeIn } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** RabbitMQ is away, sometimes for longer than Lambda tries a failed delivery again. */
const outages = (chance: Chance, frame: Frame): readonly Happening[] =>
  Array.from({ length: chance.whole(0, 4) }, () => {
    const at = timeIn(chance, frame);
    const until = Math.min(frame.calmAt, at + chance.whole(20, 300) * second);
    return { kind: 'trouble', at, service: 'rabbitmq', how: 'refusing', until } as const;
  });

const relayCalls = callsOf.relay.map((call): Called => ({ flow: 'relay', call }));
const sweepReads: Called = { flow: 'sweep', call: 'logs.end' };
/** ECS cannot be asked whose lines they are, for longer than Lambda tries a failed delivery again. */
const silences = (chance: Chance, frame: Frame): readonly Happening[] => {
  const at = timeIn(chance, frame);
  const until = Math.min(frame.calmAt, at + chance.whole(4, 10) * minute);
  const how = chance.pick<Trouble>(['throttling', 'refusing', 'denying']);
  return chance.is(0.4) ? [{ kind: 'trouble', at, service: 'ecs', how, until }] : [];
};

/** Containers print lines for Davit, and the subscription of their log loses, doubles and delays them. */
export const speaking: Theme = {
  perThousand: 40,
  shape: (chance, frame) => {
    const at = timeIn(chance, frame);
    const how = chance.pick<Trouble>(['silent', 'refusing', 'throttling', 'denying', 'slow']);
    const until = Math.min(frame.calmAt, at + chance.whole(1, 20) * minute);
    return {
      traits: {
        speech: {
          lost: chance.pick([0, 0.1, 0.5]),
          doubled: chance.pick([0, 0.3]),
          delayMs: chance.pick([
            [100, 2_000],
            [100, 2_000],
            [1_000, 120_000],
          ] as const),
          silent: chance.pick([0, 0.3]),
        },
      },
      tool: (tool) => ({ ...tool, spec: { ...tool.spec, result: chance.is(0.7) } }),
      happenings: [
        { kind: 'trouble', at, service: 'logs', how, until },
        ...outages(chance, frame),
        ...crashesAtEach(
          chance,
          frame,
          [...relayCalls, sweepReads].filter(() => chance.is(0.6)),
        ),
        ...silences(chance, frame),
      ],
    };
  },
};
