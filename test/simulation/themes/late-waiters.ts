import type { Chance } from '../chance.ts';
import type { Called } from '../flow-calls.ts';
import type { Happening } from '../happening.ts';
import { crashesAtEach } from '../plan-crashes.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/** The index of the rows that wait together is late: the sweep rings for rows that others have rung for, and that are in any phase by now. */
export const lateWaiters: Theme = {
  perThousand: 20,
  troubledMs: (chance) => chance.whole(27, 35) * minute,
  shape: (chance, frame) => ({
    traits: {
      indexLagMs: [30 * second, 60 * second],
      ecsLatencyMs: chance.is(0.5) ? [1, 4_000] : [1, 15],
      sweepsSkipped: 0,
      deliveryLimit: -1,
    },
    spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
    tool: ({ temper, ...tool }) => ({
      ...tool,
      temper: {
        ...temper,
        failures: chance.pick([0, 0.5]),
        exitCodes: [64, 1],
        durationMs: chance.pick([
          [500, 4_000],
          [500, 4_000],
          [20_000, 60_000],
        ] as const),
      },
    }),
    happenings: [
      ...[2, 7, 12, 17, 22].flatMap((minutes, n) =>
        roundOf(chance, frame, {
          nth: n + 1,
          at: frame.start + minutes * minute + chance.whole(0, 59) * second,
        }),
      ),
      ...crashesAtEach(chance, frame, calls),
    ],
  }),
};

const calls: readonly Called[] = [
  { flow: 'sweep', call: 'gates.retire' },
  { flow: 'sweep', call: 'gates.waiters' },
  { flow: 'sweep', call: 'tools.find' },
  { flow: 'dispatch', call: 'versions.readVersion' },
  { flow: 'dispatch', call: 'versions.saveVersion' },
];

/** Tasks wait for longer than the index is late, and then someone rings for each, shortly before the sweep does. */
const roundOf = (
  chance: Chance,
  { tools }: Frame,
  { nth, at }: { readonly nth: number; readonly at: number },
): readonly Happening[] => {
  const tool = tools[chance.whole(0, tools.length - 1)] ?? 'echo';
  const opensAt = at + chance.whole(75, 110) * second;
  return [
    { kind: 'pause', at, tool },
    { kind: 'trouble', at, service: 'ssm', how: 'refusing', until: at + 15 * second },
    ...[1, 2, 3, 4].flatMap((n) =>
      waiterOf(chance, { id: `waiter-${nth}-${n}`, tool, at: at + 7 * second, opensAt }),
    ),
    // It can be looked up only later, and is refused then.
    ...waiterOf(chance, {
      id: `waiter-${nth}-unknown`,
      tool: 'unknown',
      at: at + 7 * second,
      opensAt,
    }),
    { kind: 'resume', at: opensAt, tool },
  ];
};

const waiterOf = (
  chance: Chance,
  of: {
    readonly id: string;
    readonly tool: string;
    readonly at: number;
    readonly opensAt: number;
  },
): readonly Happening[] => {
  const { id, tool, at, opensAt } = of;
  const publish = { kind: 'publish', queue: 'davit.tasks', id } as const;
  const rings = [1, 2, 3].map(
    (): Happening => ({
      ...publish,
      at: opensAt + 6 * second + chance.whole(0, 30_000),
      body: '',
      run: 1,
    }),
  );
  const cancel: Happening = {
    kind: 'play',
    at: opensAt + chance.whole(0, 40) * second,
    taskId: id,
    fact: { kind: 'cancelAsked', taskId: id },
  };
  return [
    { ...publish, at, body: JSON.stringify({ tool }), replyTo: 'reply.web' },
    ...rings,
    ...(chance.is(0.25) ? [cancel] : []),
  ];
};
