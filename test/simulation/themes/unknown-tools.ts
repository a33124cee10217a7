import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { crashAt } from '../plan-crashes.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/**
 * Messages name tools and versions that do not exist while SSM cannot be read, so that their rows can be refused only later. Operators
 * pin versions that do not exist either.
 */
export const unknownTools: Theme = {
  perThousand: 45,
  shape: (chance, frame) => {
    const at = frame.start + chance.whole(30, 240) * second;
    const until = at + chance.whole(20, 100) * second;
    return {
      happenings: [
        { kind: 'trouble', at, service: 'ssm', how: 'refusing', until },
        ...Array.from({ length: 4 }, (_, n) => refusable(chance, { at, until }, n)).flat(),
        // What one process has decided meets what another one wrote.
        {
          kind: 'trouble',
          at: until - 10 * second,
          service: 'dynamodb',
          how: 'slow',
          until: until + 50 * second,
        },
        ...Array.from({ length: 3 }, () => wrongPin(chance, frame)),
        ...Array.from({ length: 3 }, () =>
          crashAt(chance, frame, { flow: 'release', call: 'refusals.put' }),
        ),
        crashAt(chance, frame, { flow: 'dispatch', call: 'tools.version' }),
      ],
    };
  },
};

/** A task that can never run, with doorbells, and perhaps with a cancel. */
const refusable = (
  chance: Chance,
  { at, until }: { readonly at: number; readonly until: number },
  nth: number,
): readonly Happening[] => {
  const id = `unknown-${nth + 1}`;
  const publish = { kind: 'publish', queue: 'davit.tasks', id } as const;
  const body = JSON.stringify({ tool: 'unknown' });
  // dispatch remembers for five seconds what SSM answered.
  const first = chance.whole(at + 5 * second, until - 5 * second);
  const soon = (): number => until + chance.whole(-10, 60) * second;
  return [
    { ...publish, at: first, body },
    ...Array.from({ length: 3 }, () => ({ ...publish, at: soon(), body: '', run: 1 }) as const),
    ...(chance.is(0.3)
      ? [
          {
            kind: 'play',
            at: soon(),
            taskId: id,
            fact: { kind: 'cancelAsked', taskId: id },
          } as const,
        ]
      : []),
  ];
};

const wrongPin = (chance: Chance, frame: Frame): Happening => ({
  kind: 'pin',
  at: chance.whole(frame.start + 4 * minute, frame.calmAt - 2 * minute),
  tool: frame.tools[chance.whole(0, frame.tools.length - 1)] ?? 'echo',
  version: chance.pick(['2.0.0', '2.0.1', '2.1.0']),
  isPushed: false,
});
