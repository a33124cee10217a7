import type { Chance } from '../chance.ts';
import type { Called } from '../flow-calls.ts';
import type { Happening } from '../happening.ts';
import { crashesAtEach } from '../plan-crashes.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/**
 * The end of a failed run's log is read slowly, while others ring for the next run: when the lines come, the row has been launched
 * again, has ended, or was cancelled. The bus takes no events for a while, so `relay` finds some in outboxes.
 */
export const lateLogEnds: Theme = {
  perThousand: 20,
  troubledMs: (chance) => chance.whole(20, 28) * minute,
  shape: (chance, frame) => ({
    traits: {
      ecsLatencyMs: chance.is(0.5) ? [1, 4_000] : [1, 15],
      eventLoss: chance.pick([0, 0, 0.5]),
      eventDelayMs: [0, 500],
      // relay looks for the run of a line for some minutes only.
      readLagMs: [0, 0],
      blindReads: 0,
      provisioningMs: [100, 1_500],
      speech: { lost: 0, doubled: 0, delayMs: [100, 2_000], silent: 0.3 },
    },
    spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
    tool: ({ spec, temper, ...tool }) => ({
      ...tool,
      spec: { ...spec, attempts: 3, delaysMs: [0], result: chance.is(0.6), exitCodes: {} },
      temper: {
        ...temper,
        failures: 0.6,
        exitCodes: [1],
        durationMs: [500, 2_000],
        endless: 0,
        unstartable: 0,
      },
    }),
    happenings: [
      { kind: 'trouble', at: frame.start, service: 'logs', how: 'slow', until: frame.calmAt },
      ...[4, 9, 14].flatMap((minutes) => {
        const at = frame.start + minutes * minute;
        const until = at + 90 * second;
        return { kind: 'trouble', at, service: 'eventBridge', how: 'refusing', until } as const;
      }),
      ...[2, 4, 7, 9, 12, 14].flatMap((minutes, n) =>
        roundOf(chance, frame, { nth: n + 1, at: frame.start + minutes * minute }),
      ),
      ...crashesAtEach(chance, frame, calls),
    ],
  }),
};

const calls: readonly Called[] = [
  { flow: 'settle', call: 'logs.end' },
  { flow: 'sweep', call: 'logs.end' },
  { flow: 'relay', call: 'bus.put' },
];

/** Three tasks, with doorbells for their second and third runs at times at which these may wait. */
const roundOf = (
  chance: Chance,
  { tools }: Frame,
  { nth, at }: { readonly nth: number; readonly at: number },
): readonly Happening[] =>
  [1, 2, 3].flatMap((n): readonly Happening[] => {
    const id = `logged-${nth}-${n}`;
    const first = at + chance.whole(0, 20) * second;
    const tool = tools[chance.whole(0, tools.length - 1)] ?? 'echo';
    const publish = { kind: 'publish', queue: 'davit.tasks', id } as const;
    const ring = (run: number, seconds: number): Happening => ({
      ...publish,
      at: first + seconds * second + chance.whole(0, second),
      body: '',
      run,
    });
    return [
      { ...publish, at: first, body: JSON.stringify({ tool }), replyTo: 'reply.web' },
      ...[3, 5, 7, 9, 11, 13, 16, 19].map((seconds) => ring(2, seconds)),
      ...[10, 14, 18, 22, 26, 30].map((seconds) => ring(3, seconds)),
      ...(chance.is(0.8)
        ? [
            {
              kind: 'play',
              at: first + chance.whole(4, 20) * second,
              taskId: id,
              fact: { kind: 'cancelAsked', taskId: id },
            } as const,
          ]
        : []),
    ];
  });
