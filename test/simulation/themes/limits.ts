import type { Chance } from '../chance.ts';
import { limitCallsOf } from '../flow-calls.ts';
import type { CrashPoint, Happening } from '../happening.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { Shape, Theme } from './theme.ts';

/** Tools with few places, tenants that come at once, and functions that end around the item of a limit. */
export const limits: Theme = {
  perThousand: 79,
  troubledMs: (chance) => chance.whole(20, 40) * minute,
  shape: (chance, frame) => {
    const most = chance.whole(1, 3);
    const perTenant = chance.is(0.5) ? chance.whole(1, most) : undefined;
    const withLimit: Shape['tool'] = ({ spec, temper, ...tool }) => ({
      ...tool,
      spec: {
        ...spec,
        maxRunning: most,
        ...(perTenant === undefined ? {} : { maxPerTenant: perTenant }),
        // Runs are short, so that places are freed often, and all of them are over in time.
        timeoutMs: 2 * minute,
        startTimeoutMs: minute,
        startWithinMs: Math.max(spec.startWithinMs, 60 * minute),
        delaysMs: [10_000],
        reclaims: 1,
      },
      // Some have to be stopped, and take their time.
      temper: {
        ...temper,
        durationMs: [5_000, chance.pick([20_000, 60_000])],
        endless: chance.pick([0, 0.2]),
        stubborn: chance.pick([0, 0.5]),
      },
    });
    return {
      tool: withLimit,
      happenings: [
        ...bursts(chance, frame),
        ...Array.from({ length: chance.whole(1, 4) }, () => crashAtLimit(chance, frame)),
      ],
    };
  },
};

/** One tenant publishes many tasks at once, and another one a few. */
const bursts = (chance: Chance, { start, calmAt, tools }: Frame): readonly Happening[] => {
  const at = chance.whole(start + minute, calmAt - 15 * minute);
  const tool = tools[chance.whole(0, tools.length - 1)] ?? 'echo';
  const publish = (id: string, tenant: string, when: number): Happening => ({
    kind: 'publish',
    at: when,
    queue: 'davit.tasks',
    id,
    body: JSON.stringify({ tool, tenant }),
    ...(chance.is(0.2) ? { priority: chance.whole(0, 9) } : {}),
  });
  return [
    ...Array.from({ length: chance.whole(4, 10) }, (_, n) =>
      publish(`flood-${n + 1}`, 'flood', at + chance.whole(0, 5 * second)),
    ),
    ...Array.from({ length: chance.whole(1, 3) }, (_, n) =>
      publish(`light-${n + 1}`, 'light', at + chance.whole(0, 8 * minute)),
    ),
  ];
};

/** The calls around those of the limit. */
const beside = {
  dispatch: ['tasks.save', 'runs.launch'],
  settle: ['tasks.save', 'broker.ring'],
  sweep: ['tasks.inPhase'],
} as const;

const crashAtLimit = (chance: Chance, { start, calmAt }: Frame): Happening => {
  const flow = chance.pick(['dispatch', 'dispatch', 'settle', 'sweep'] as const);
  const calls: readonly [string, ...string[]] = [...limitCallsOf[flow], ...beside[flow]];
  const point: CrashPoint = {
    flow,
    call: chance.pick(calls),
    nth: chance.whole(1, 12),
    moment: chance.pick(['before', 'after'] as const),
    how: chance.pick(['throw', 'halt', 'freeze', 'freeze'] as const),
  };
  return { kind: 'crash', at: chance.whole(start, calmAt - minute), point };
};
