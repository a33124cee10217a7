import type { Chance } from './chance.ts';
import type { PlayedFact } from './functions.ts';
import type { CrashPoint, FlowName, Happening, ServiceName, Trouble } from './happening.ts';

interface Frame {
  readonly start: number;
  readonly calmAt: number;
  readonly tools: readonly string[];
}

const second = 1_000;
const minute = 60 * second;

/** What happens in a world until it calms down, in the order of its times. */
export const happeningsOf = (chance: Chance, frame: Frame): readonly Happening[] => {
  const ids = Array.from({ length: chance.whole(8, 14) }, (_, n) => `task-${n + 1}`);
  const at = (): number => chance.whole(frame.start + second, frame.calmAt - minute);
  return [
    ...ids.flatMap((id) => publishesOf(chance, frame, id)),
    ...times(chance.whole(0, 3), () => rubbish(chance, at())),
    ...times(chance.whole(0, 3), () => wish(chance, frame, at())),
    ...times(chance.whole(0, 3), () => played(chance, ids, at())),
    ...times(chance.whole(4, 8), () => fault(chance, frame, at())),
    ...times(chance.whole(1, 4), () => crash(chance, at())),
    ...deployments(chance, at()),
  ].toSorted((a, b) => a.at - b.at);
};

const times = <T>(count: number, make: () => T): readonly T[] =>
  Array.from({ length: count }, make);

/** A message, sometimes twice, sometimes with another body under the same id, sometimes with a doorbell of someone else. */
const publishesOf = (
  chance: Chance,
  { start, calmAt, tools }: Frame,
  id: string,
): readonly Happening[] => {
  const first = chance.whole(start + second, Math.max(start + 2 * second, calmAt - 5 * minute));
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

/** What operators do with tools. */
const wish = (chance: Chance, { tools }: Frame, at: number): Happening => {
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

/** What has no function yet. */
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

const services: readonly [ServiceName, ...ServiceName[]] = [
  'dynamodb',
  'ecs',
  'ecs',
  'ssm',
  'ecr',
  'eventBridge',
  'rabbitmq',
  'rabbitmq',
];
const troubles: readonly [Trouble, ...Trouble[]] = [
  'silent',
  'deaf',
  'refusing',
  'throttling',
  'slow',
];

const fault = (chance: Chance, { calmAt }: Frame, at: number): Happening => {
  const until = (): number => Math.min(calmAt, at + chance.pick([20, 120, 600, 3600]) * second);
  const which = chance.whole(0, 20);
  return chance.pick<Happening>([
    {
      kind: 'trouble',
      at,
      service: chance.pick(services),
      how: chance.pick(troubles),
      until: until(),
    },
    {
      kind: 'trouble',
      at,
      service: chance.pick(services),
      how: chance.pick(troubles),
      until: until(),
    },
    {
      kind: 'noCapacity',
      at,
      provider: chance.pick(['FARGATE', 'FARGATE_SPOT']),
      seen: chance.pick(['at once', 'late']),
      until: until(),
    },
    { kind: 'reclaim', at, which },
    { kind: 'hostLost', at, which },
    { kind: 'stopByPerson', at, which },
    { kind: 'purge', at, queue: 'davit.tasks' },
    { kind: 'queueGone', at, queue: 'davit.tasks', until: until() },
    { kind: 'brokerRestart', at },
  ]);
};

/** The calls of ports that a flow makes, as far as a plan aims at one of them. */
export const callsOf: Readonly<Record<FlowName, readonly [string, ...string[]]>> = {
  dispatch: [
    'tasks.create',
    'tasks.save',
    'tasks.read',
    'runs.launch',
    'runs.describe',
    'broker.announce',
    'broker.reply',
    'broker.bury',
    'bus.put',
    'tools.find',
    'tools.version',
  ],
  settle: [
    'tasks.read',
    'tasks.save',
    'broker.ring',
    'broker.announce',
    'broker.reply',
    'broker.bury',
    'bus.put',
    'runs.stop',
  ],
  sweep: [
    'tasks.due',
    'tasks.read',
    'tasks.save',
    'tasks.inPhase',
    'runs.launch',
    'runs.describe',
    'runs.traces',
    'runs.list',
    'runs.stop',
    'broker.ring',
    'broker.backlog',
    'broker.announce',
    'broker.reply',
    'bus.put',
    'place.read',
    'place.save',
  ],
  release: [
    'releases.pins',
    'releases.claim',
    'releases.imageDigest',
    'releases.register',
    'releases.readVersion',
    'releases.saveVersion',
    'releases.saveLive',
    'releases.closeClaim',
    'refusals.put',
  ],
  control: [
    'tasks.read',
    'tasks.create',
    'broker.submit',
    'broker.bury',
    'broker.reply',
    'broker.announce',
    'bus.put',
  ],
  play: [
    'tasks.read',
    'tasks.save',
    'tasks.create',
    'runs.stop',
    'broker.ring',
    'broker.reply',
    'broker.announce',
    'bus.put',
  ],
};

/** The nth call from the beginning of the world, so `at` is only its place in a story. */
const crash = (chance: Chance, at: number): Happening => {
  const flow = chance.pick<FlowName>([
    'dispatch',
    'dispatch',
    'settle',
    'settle',
    'sweep',
    'sweep',
    'release',
    'control',
    'play',
  ]);
  const isAimed = chance.is(0.7);
  const point: CrashPoint = {
    flow,
    ...(isAimed ? { call: chance.pick(callsOf[flow]) } : {}),
    nth: chance.whole(1, isAimed ? 8 : 60),
    moment: chance.pick(['before', 'after']),
    how: chance.pick(['throw', 'halt', 'freeze']),
  };
  return { kind: 'crash', at, point };
};

const deployments = (chance: Chance, at: number): readonly Happening[] =>
  chance.is(0.4) ? [{ kind: 'deploy', at, to: 'current' }] : [];
