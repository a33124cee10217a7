import type { Chance } from './chance.ts';
import type { Happening, ServiceName, Trouble } from './happening.ts';
import { type Frame, minute, second, timeIn } from './plan-frame.ts';

/** At least four faults of different kinds, at times of their own. */
export const faultsOf = (chance: Chance, frame: Frame): readonly Happening[] => {
  const left = [...makers];
  return Array.from({ length: chance.whole(4, 8) }, () => {
    const at = timeIn(chance, frame);
    const until = Math.min(frame.calmAt, at + chance.pick([20, 120, 600, 3600, 5400]) * second);
    const [make] = left.splice(chance.whole(0, left.length - 1), 1);
    return make?.(chance, at, until) ?? ({ kind: 'brokerRestart', at } as const);
  });
};

/** In few worlds, the table is restored from a backup of some minutes ago. */
export const restores = (chance: Chance, frame: Frame): readonly Happening[] => {
  if (!chance.is(0.08)) return [];
  const at = timeIn(chance, frame);
  return [
    {
      kind: 'restore',
      at,
      since: Math.max(frame.start + 2 * second, at - chance.whole(1, 10) * minute),
    },
  ];
};

const troubles: readonly [Trouble, ...Trouble[]] = [
  'silent',
  'deaf',
  'refusing',
  'throttling',
  'denying',
  'slow',
];

type Maker = (chance: Chance, at: number, until: number) => Happening;

const trouble =
  (service: ServiceName): Maker =>
  (chance, at, until) => ({ kind: 'trouble', at, service, how: chance.pick(troubles), until });

const hit =
  (kind: 'reclaim' | 'hostLost' | 'stopByPerson'): Maker =>
  (chance, at) => ({ kind, at, which: chance.whole(0, 20) });

/** The kinds of faults that have a time. Those that hit more are named more often. */
const makers: readonly Maker[] = [
  trouble('dynamodb'),
  trouble('ecs'),
  trouble('ecs'),
  trouble('ssm'),
  trouble('ecr'),
  trouble('eventBridge'),
  trouble('rabbitmq'),
  (chance, at, until) => ({
    kind: 'noCapacity',
    at,
    until,
    provider: chance.pick(['FARGATE', 'FARGATE_SPOT']),
    seen: chance.pick(['at once', 'late']),
  }),
  hit('reclaim'),
  hit('hostLost'),
  hit('stopByPerson'),
  // Without a draw, so that the rest of these worlds is as it was.
  (_chance, at) => ({
    kind: 'purge',
    at,
    queue: at % 2 === 0 ? 'davit.tasks' : 'davit.doorbells',
  }),
  (chance, at, until) => ({
    kind: 'queueGone',
    at,
    until,
    queue: chance.pick(['davit.tasks', 'davit.doorbells', 'davit.dead']),
  }),
  (_chance, at) => ({ kind: 'brokerRestart', at }),
  (chance, at, until) => ({
    kind: 'spoilRow',
    at,
    until: chance.is(0.5) ? until : until + 40 * minute,
    which: chance.whole(0, 20),
  }),
];
