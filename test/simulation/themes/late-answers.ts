import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { Shape, Theme } from './theme.ts';

/**
 * Many answers are lost, so that a call takes ten or twenty seconds, while runs are short and doorbells ring several times: what one
 * process decided, or heard of ECS, meets a row that others have moved on. (A function that is over writes nothing: its signal has
 * aborted.)
 */
export const lateAnswers: Theme = {
  perThousand: 80,
  troubledMs: (chance) => chance.whole(32, 45) * minute,
  shape: (chance, frame) => ({
    traits: {
      deliveryLimit: -1,
      lostAnswers: 0.3,
      refusedYetStarted: 0.8,
      ...(chance.is(0.3) ? { blindReads: 0.3 } : {}),
    },
    tool: withShortRuns(chance),
    happenings: [2, 8, 14, 20, 26].flatMap((minutes, n) =>
      roundOf(chance, frame, {
        nth: n + 1,
        at: frame.start + minutes * minute + chance.whole(0, minute),
      }),
    ),
  }),
};

/** Some tasks wait until their tool is not paused any more, and then each is rung for several times at once. */
const roundOf = (
  chance: Chance,
  { tools }: Frame,
  { nth, at }: { readonly nth: number; readonly at: number },
): readonly Happening[] => {
  const tool = tools[chance.whole(0, tools.length - 1)] ?? 'echo';
  const ids = Array.from({ length: 4 }, (_, n) => `late-${nth}-${n + 1}`);
  const ringAt = at + 40 * second;
  const about = { at: ringAt, ids };
  return [
    { kind: 'pause', at, tool },
    ...ids.map((id) => publish(chance, id, { at: at + 6 * second, tool })),
    { kind: 'resume', at: at + 30 * second, tool },
    ...[1, 2, 3].flatMap(() => doorbells(chance, about)),
    // The slower ones find it paused again.
    ...(chance.is(0.6)
      ? [
          { kind: 'pause', at: ringAt + chance.whole(2, 8) * second, tool } as const,
          { kind: 'resume', at: ringAt + 30 * second, tool } as const,
        ]
      : []),
    ...chance.pick(meanwhiles)(chance, about),
  ];
};

/** `at` is when the doorbells ring. */
interface About {
  readonly at: number;
  readonly ids: readonly string[];
}

/** What else happens to the tasks then. */
const meanwhiles: readonly [Meanwhile, ...Meanwhile[]] = [
  () => [],
  // The refusal comes late, and the run has started all the same.
  (_chance, { at }) => [
    ...withoutCapacity(at, 'at once'),
    { kind: 'trouble', at, service: 'ecs', how: 'slow', until: at + 40 * second },
  ],
  (_chance, { at }) => withoutCapacity(at, 'late'),
  (chance, { at, ids }) =>
    ids.map((taskId) => ({
      kind: 'play',
      at: at + chance.whole(1, 25) * second,
      taskId,
      fact: { kind: 'cancelAsked', taskId },
    })),
];

type Meanwhile = (chance: Chance, about: About) => readonly Happening[];

const publish = (
  chance: Chance,
  id: string,
  { at, tool }: { readonly at: number; readonly tool: string },
): Happening => ({
  kind: 'publish',
  at: at + chance.whole(0, 2 * second),
  queue: 'davit.tasks',
  id,
  // A version that is named is one more thing to read.
  body: JSON.stringify(chance.is(0.5) ? { tool, version: '1.0.0' } : { tool }),
  replyTo: 'reply.web',
});

const doorbells = (chance: Chance, { at, ids }: About): readonly Happening[] =>
  ids.map((id) => ({
    kind: 'publish',
    at: at + chance.whole(0, 2 * second),
    queue: 'davit.tasks',
    id,
    body: '',
    run: 1,
  }));

const withoutCapacity = (at: number, seen: 'at once' | 'late'): readonly Happening[] =>
  ['FARGATE', 'FARGATE_SPOT'].map((provider) => ({
    kind: 'noCapacity',
    at,
    provider,
    seen,
    until: at + 40 * second,
  }));

/** Runs that end before an answer that comes late. */
const withShortRuns = (chance: Chance): NonNullable<Shape['tool']> => {
  const failures = chance.pick([0, 0, 0.6] as const);
  return (tool) => ({
    ...tool,
    temper: { ...tool.temper, failures, exitCodes: [64, 1], durationMs: [500, 4_000] },
  });
};
