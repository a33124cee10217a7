import type { Chance } from '../chance.ts';
import type { Called } from '../flow-calls.ts';
import type { Happening } from '../happening.ts';
import { crashesAtEach } from '../plan-crashes.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { Theme } from './theme.ts';

/**
 * ECS starts runs quickly, and tells so by its events, but its answers to launches come late: a run may be over when dispatch hears
 * that it was accepted, that it was refused, or nothing.
 */
export const overtakenAnswers: Theme = {
  perThousand: 30,
  troubledMs: (chance) => chance.whole(27, 33) * minute,
  shape: (chance, frame) => ({
    traits: {
      refusedYetStarted: 0.9,
      eventLoss: 0,
      eventDelayMs: [0, 300],
      provisioningMs: chance.is(0.7) ? [50, 800] : [3_000, 9_000],
      ecsLatencyMs: chance.is(0.5) ? [1, 4_000] : [4_000, 9_000],
      refusalDelayMs: [3_000, 20_000],
      deliveryLimit: -1,
    },
    spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
    tool: ({ spec, temper, ...tool }) => ({
      ...tool,
      spec: { ...spec, attempts: 2, delaysMs: [0] },
      temper: {
        ...temper,
        failures: 0.5,
        exitCodes: [1, 64],
        durationMs: [300, 1_500],
        endless: 0,
        unstartable: 0,
      },
    }),
    happenings: [
      ...[2, 7, 12, 17, 22].flatMap((minutes, n) =>
        roundOf(chance, frame, { nth: n + 1, at: frame.start + minutes * minute }),
      ),
      ...crashesAtEach(chance, frame, calls),
    ],
  }),
};

const calls: readonly Called[] = [
  { flow: 'dispatch', call: 'gates.waiters' },
  { flow: 'dispatch', call: 'gates.saveClosure' },
  { flow: 'dispatch', call: 'runs.stop' },
  { flow: 'settle', call: 'runs.stop' },
  { flow: 'control', call: 'runs.stop' },
  { flow: 'sweep', call: 'gates.closure' },
];

/** Some tasks come at once, before the first answer says that there is no capacity. Some are cancelled meanwhile. */
const roundOf = (
  chance: Chance,
  { tools }: Frame,
  { nth, at }: { readonly nth: number; readonly at: number },
): readonly Happening[] => {
  const kind = chance.pick(['refused', 'refused', 'refused', 'refused', 'accepted', 'unanswered']);
  const how = kind === 'unanswered' ? 'deaf' : 'slow';
  // The sweep compares ten seconds later.
  const comeAt = at + 50 * second;
  const from = comeAt - second;
  const tasks = [1, 2, 3, 4, 5].flatMap((n): readonly Happening[] => {
    const id = `overtaken-${nth}-${n}`;
    const tool = tools[chance.whole(0, tools.length - 1)] ?? 'echo';
    const asked = comeAt + chance.whole(4, 20) * second;
    const cancel: Happening = {
      kind: 'play',
      at: asked,
      taskId: id,
      fact: { kind: 'cancelAsked', taskId: id },
    };
    return [
      {
        kind: 'publish',
        at: comeAt + chance.whole(0, 300),
        queue: 'davit.tasks',
        id,
        body: JSON.stringify({ tool }),
        replyTo: 'reply.web',
      },
      // Another process sends the same order again.
      {
        kind: 'publish',
        at: comeAt + chance.whole(1, 12) * second,
        queue: 'davit.tasks',
        id,
        body: '',
        run: 1,
      },
      ...(chance.is(0.4) ? [cancel] : []),
    ];
  });
  return [
    { kind: 'trouble', at: from, service: 'ecs', how, until: from + 30 * second },
    ...(kind === 'refused'
      ? ['FARGATE', 'FARGATE_SPOT'].map(
          (provider): Happening => ({
            kind: 'noCapacity',
            at: from,
            provider,
            seen: 'at once',
            until: from + 25 * second,
          }),
        )
      : []),
    ...tasks,
  ];
};
