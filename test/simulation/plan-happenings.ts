import type { Chance } from './chance.ts';
import type { PlayedFact } from './functions.ts';
import type { Happening } from './happening.ts';
import { crashesOf } from './plan-crashes.ts';
import { faultsOf, restores } from './plan-faults.ts';
import { type Frame, minute, second, timeIn } from './plan-frame.ts';

/** What happens in a world until it calms down, in the order of its times. */
export const happeningsOf = (chance: Chance, frame: Frame): readonly Happening[] => {
  const ids = Array.from({ length: chance.whole(8, 14) }, (_, n) => `task-${n + 1}`);
  const at = (): number => timeIn(chance, frame);
  // In some worlds all users come at once.
  const together = chance.is(0.3) ? at() : undefined;
  return [
    ...ids.flatMap((id) => publishesOf(chance, frame, { id, together })),
    ...times(chance.whole(0, 3), () => rubbish(chance, at())),
    ...times(chance.whole(0, 3), () => operatorAction(chance, frame, at())),
    ...times(chance.whole(0, 3), () => played(chance, ids, at())),
    ...faultsOf(chance, frame),
    ...restores(chance, frame),
    ...crashesOf(chance, frame),
    ...deployments(chance, at()),
  ].toSorted((a, b) => a.at - b.at);
};

const times = <T>(count: number, make: () => T): readonly T[] =>
  Array.from({ length: count }, make);

/** A message, sometimes twice, sometimes with another body under the same id, sometimes with a doorbell of someone else. */
const publishesOf = (
  chance: Chance,
  { start, calmAt, tools }: Frame,
  { id, together }: { readonly id: string; readonly together: number | undefined },
): readonly Happening[] => {
  const alone = chance.whole(start + second, Math.max(start + 2 * second, calmAt - 5 * minute));
  const first = together === undefined ? alone : together + chance.whole(0, second);
  const message = (body: object, at: number): Happening => ({
    kind: 'publish',
    at,
    queue: 'davit.tasks',
    id,
    body: JSON.stringify(body),
    ...(chance.is(0.8) ? { replyTo: chance.pick(['reply.web', 'reply.web', 'reply.gone']) } : {}),
    ...(chance.is(0.2) ? { priority: chance.whole(0, 9) } : {}),
    ...(chance.is(0.05) ? { expiration: '2000' } : {}),
  });
  const tool = tools[chance.whole(0, tools.length - 1)] ?? 'echo';
  const body = {
    tool: chance.is(0.05) ? 'unknown' : tool,
    ...(chance.is(0.5) ? { input: { n: chance.whole(1, 9) } } : {}),
    ...(chance.is(0.1) ? { version: chance.pick(['1.0.0', '1.1.0', '9.9.9']) } : {}),
  };
  const later = (): number => Math.min(calmAt - second, first + chance.whole(0, 10 * minute));
  return [
    message(body, first),
    ...(chance.is(0.25) ? [message(body, later())] : []),
    ...(chance.is(0.1) ? [message({ tool, input: { other: true } }, later())] : []),
    ...(chance.is(0.25) ? [cancelOf(chance, id, first)] : []),
    ...(chance.is(0.15)
      ? [
          {
            kind: 'publish',
            at: later(),
            queue: 'davit.tasks',
            id,
            body: '',
            run: chance.whole(1, 3),
          } as const,
        ]
      : []),
  ];
};

/** A user who closes the page: while the task is launched, while it runs, or later. */
const cancelOf = (chance: Chance, taskId: string, publishedAt: number): Happening => ({
  kind: 'play',
  at:
    publishedAt +
    chance.pick([
      chance.whole(400, 3_000),
      chance.whole(3, 40) * second,
      chance.whole(1, 10) * minute,
    ]),
  taskId,
  fact: { kind: 'cancelAsked', taskId },
});

const rubbish = (chance: Chance, at: number): Happening => ({
  kind: 'publish',
  at,
  queue: chance.pick(['davit.tasks', 'davit.tasks', 'davit.control']),
  ...(chance.is(0.5) ? { id: `rubbish-${chance.whole(1, 3)}` } : {}),
  body: chance.pick([
    '',
    '{',
    '[]',
    '{"tool":7}',
    '{"tool":"echo","extra":1}',
    '{"ask":"dance"}',
    '{"tool":"echo","input":{"a":1e400}}',
  ]),
  ...(chance.is(0.5) ? { replyTo: 'reply.web' } : {}),
});

/** What an operator does with a tool. */
const operatorAction = (chance: Chance, { tools }: Frame, at: number): Happening => {
  const tool = tools[chance.whole(0, tools.length - 1)] ?? 'echo';
  return chance.pick<Happening>([
    {
      kind: 'pin',
      at,
      tool,
      version: chance.pick(['1.1.0', '1.2.0', '1.0.0']),
      isPushed: chance.is(0.8),
    },
    { kind: 'pause', at, tool },
    { kind: 'resume', at, tool },
    {
      kind: 'publish',
      at,
      queue: 'davit.control',
      body: JSON.stringify({
        ask: 'submit',
        taskId: `asked-${chance.whole(1, 3)}`,
        body: JSON.stringify({ tool }),
      }),
    },
  ]);
};

/** A fact that no function brings yet. */
const played = (chance: Chance, ids: readonly string[], at: number): Happening => {
  const taskId = chance.is(0.1) ? 'never-published' : (ids[chance.whole(0, ids.length - 1)] ?? '');
  return {
    kind: 'play',
    at,
    taskId,
    fact: chance.pick<PlayedFact>([
      { kind: 'cancelAsked', taskId },
      { kind: 'cancelAsked', taskId, reason: 'the user closed the page' },
      { kind: 'redriveAsked' },
      { kind: 'resultRead', run: chance.whole(1, 3), result: '{"frames":240}' },
    ]),
  };
};

const deployments = (chance: Chance, at: number): readonly Happening[] =>
  chance.is(0.4) ? [{ kind: 'deploy', at, to: 'current' }] : [];
