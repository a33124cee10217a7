import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { PlannedTool } from '../planned-tool.ts';
import type { Theme } from './theme.ts';

/**
 * A limit goes while functions end at the call that deletes its item: that of the stage is removed, and in some worlds set again, or
 * the stage gets one, and those of the tools go.
 */
export const removedLimits: Theme = {
  perThousand: 10,
  troubledMs: (chance) => chance.whole(32, 40) * minute,
  shape: (chance, frame) => {
    const from = frame.start + chance.whole(2, 4) * minute;
    const changedAt = from + chance.whole(90, 240) * second;
    const again = changedAt + chance.whole(5, 12) * minute;
    const hasOwn = chance.is(0.5);
    // The item of the stage, or those of the tools, go some minutes after this.
    const isSetFirst = !hasOwn || chance.is(0.5);
    return {
      tool: shortRuns(hasOwn),
      traits: {
        sweepsSkipped: 0,
        ...(chance.is(0.5) ? { indexLagMs: [0, 20_000] as const } : {}),
      },
      spared: ['dynamodb', 'ecs', 'ssm'],
      // The previous release counts nothing for the stage: while it launches, the limit is not reached.
      deployedBy: frame.start,
      happenings: [
        ...(isSetFirst ? [limitAt(frame.start, chance.whole(1, 3))] : []),
        limitAt(changedAt, isSetFirst ? undefined : chance.whole(1, 3)),
        ...(chance.is(0.5) ? [limitAt(again, isSetFirst ? chance.whole(1, 3) : undefined)] : []),
        ...tasks(chance, frame, from),
        ...crashesAtRemove(chance, frame),
      ],
    };
  },
};

const limitAt = (at: number, maxRunning: number | undefined): Happening => ({
  kind: 'stageLimit',
  at,
  ...(maxRunning === undefined ? {} : { maxRunning }),
});

/** Runs are short, so that the limit soon counts nothing. */
const shortRuns =
  (hasOwn: boolean) =>
  ({ spec, temper, ...tool }: PlannedTool): PlannedTool => ({
    ...tool,
    spec: {
      ...spec,
      ...(hasOwn ? { maxRunning: 2 } : {}),
      timeoutMs: 2 * minute,
      startTimeoutMs: minute,
      startWithinMs: Math.max(spec.startWithinMs, 60 * minute),
      delaysMs: [10_000],
      reclaims: 1,
    },
    temper: { ...temper, durationMs: [10_000, 40_000], unstartable: 0 },
  });

/** More tasks at once than the limit lets run: they wait when it goes. */
const tasks = (chance: Chance, { tools }: Frame, at: number): readonly Happening[] =>
  Array.from({ length: chance.whole(5, 9) }, (_, n) => ({
    kind: 'publish',
    at: at + chance.whole(0, 60) * second,
    queue: 'davit.tasks',
    id: `many-${n + 1}`,
    body: JSON.stringify({
      tool: tools[n % tools.length],
      tenant: chance.pick(['flood', 'light']),
    }),
  }));

/** Before the first call, and after the first one that is answered. Few processes freeze, because that delays all others. */
const crashesAtRemove = (chance: Chance, { start }: Frame): readonly Happening[] =>
  (['before', 'after'] as const).map((moment) => ({
    kind: 'crash',
    at: start,
    point: {
      flow: 'sweep',
      call: 'limits.remove',
      moment,
      nth: chance.is(0.8) ? 1 : 2,
      how: chance.pick(['throw', 'halt', 'throw', 'halt', 'freeze']),
    },
  }));
