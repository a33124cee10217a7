import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { crashesAtEach } from '../plan-crashes.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { PlannedTool } from '../planned-tool.ts';
import { crashAtLimit, readsOfLimit } from './limit-crashes.ts';
import type { Shape, Theme } from './theme.ts';

/**
 * The stage has a limit while several tools and tenants want more, some tools have one of their own, and functions end around its
 * item. In some worlds it is changed, removed and set again, a tool that waits is paused meanwhile, or a person deletes the item.
 */
export const stageLimit: Theme = {
  perThousand: 16,
  troubledMs: (chance) => chance.whole(25, 40) * minute,
  shape: (chance, frame) => {
    const own = chance.is(0.6) ? chance.whole(1, 2) : undefined;
    const at = chance.whole(frame.start + 3 * minute, frame.calmAt - 18 * minute);
    const last = at + chance.whole(7, 9) * minute;
    const bursts = [at, at + chance.whole(3, 5) * minute, last] as const;
    const shape: Shape = {
      tool: shortRuns(own),
      traits: chance.is(0.5) ? { indexLagMs: [0, chance.pick([20_000, 60_000])] as const } : {},
      spared: chance.is(0.7) ? ['ecs', 'ssm'] : [],
      // The previous release counts nothing for the stage: while it launches, the limit is not reached.
      deployedBy: frame.start + chance.whole(0, 3) * minute,
      happenings: [
        // From the beginning, or while the first tasks run.
        limitAt(chance, chance.is(0.6) ? frame.start : at - chance.whole(0, 2) * minute),
        ...changes(chance, { from: at, until: frame.calmAt - 5 * minute }),
        ...(chance.is(0.4) ? pauseAt(chance, frame, chance.pick([at, last])) : []),
        ...bursts.flatMap((time, n) => burst(chance, frame, { at: time, n })),
        ...Array.from({ length: chance.whole(0, 4) }, () =>
          crashAtLimit(chance, chance.whole(at, at + 10 * minute)),
        ),
      ],
    };
    // Drawn last, so that the worlds in which the item is not deleted are those of before.
    const played = chance.is(0.25)
      ? deletedAt(shape, frame, whileTasksWait(chance, bursts))
      : shape;
    return { ...played, happenings: [...played.happenings, ...crashesAtReads(chance, frame)] };
  },
};

const crashesAtReads = (chance: Chance, frame: Frame): readonly Happening[] =>
  crashesAtEach(
    chance,
    frame,
    readsOfLimit.filter(() => chance.is(0.7)),
  );

/** Mostly after the last burst: then tasks wait of whose tool no other task comes, and nothing names the tool any more. */
const whileTasksWait = (
  chance: Chance,
  [first, , last]: readonly [number, number, number],
): number =>
  chance.is(0.25) ? first + chance.whole(20, 120) * second : last + chance.whole(90, 200) * second;

/**
 * Somebody deletes the item. Davit counts again what runs twenty seconds after the item was made again, so an index that is
 * further behind would hide runs from the new one. The limit is not removed, and somebody publishes a task in the calm world: where
 * no run ends and no task asks, nothing makes the item again, and those who wait ask only after twelve hours (docs/limits.md).
 */
const deletedAt = (shape: Shape, { tools: [tool = 'echo'], calmAt }: Frame, at: number): Shape => ({
  ...shape,
  traits: { ...shape.traits, indexLagMs: [0, 5_000] },
  happenings: [
    ...shape.happenings.filter((one) => one.kind !== 'stageLimit' || one.maxRunning !== undefined),
    { kind: 'limitDeleted', at, limit: 'stage' },
    publish('late-1', { tool, tenant: 'late' }, calmAt + minute),
  ],
});

const limitAt = (chance: Chance, at: number, isSet = true): Happening => ({
  kind: 'stageLimit',
  at,
  ...(isSet ? { maxRunning: chance.whole(1, 3) } : {}),
});

/** In half of the worlds the limit stays as it is. */
const changes = (
  chance: Chance,
  { from, until }: { readonly from: number; readonly until: number },
): readonly Happening[] =>
  chance.is(0.5)
    ? []
    : Array.from({ length: chance.whole(1, 3) }, () =>
        limitAt(chance, chance.whole(from, until), chance.is(0.7)),
      );

/** Tasks of the tool wait for the stage by then: it is passed over until the pause ends. */
const pauseAt = (chance: Chance, { tools }: Frame, at: number): readonly Happening[] => {
  const tool = anyOf(chance, tools);
  const from = at + chance.whole(5, 40) * second;
  return [
    { kind: 'pause', at: from, tool },
    { kind: 'resume', at: from + chance.whole(60, 240) * second, tool },
  ];
};

/** Runs are short, so that places are freed often, and all of them are over in time. */
const shortRuns =
  (maxRunning: number | undefined) =>
  ({ spec, temper, ...tool }: PlannedTool): PlannedTool => ({
    ...tool,
    spec: {
      ...spec,
      ...(maxRunning === undefined || tool.name === 'film' ? {} : { maxRunning }),
      timeoutMs: 2 * minute,
      startTimeoutMs: minute,
      startWithinMs: Math.max(spec.startWithinMs, 60 * minute),
      delaysMs: [10_000],
      reclaims: 1,
    },
    temper: { ...temper, durationMs: [10_000, 50_000], unstartable: 0 },
  });

/** One tenant publishes many tasks of a tool at once, and others a few of any tool. */
const burst = (
  chance: Chance,
  { tools }: Frame,
  { at, n }: { readonly at: number; readonly n: number },
): readonly Happening[] => {
  const flooded = anyOf(chance, tools);
  return [
    ...Array.from({ length: chance.whole(4, 8) }, (_, of) =>
      publish(
        `flood-${of + 1}-${n + 1}`,
        { tool: flooded, tenant: 'flood' },
        at + chance.whole(0, 5) * second,
      ),
    ),
    ...Array.from({ length: chance.whole(2, 5) }, (_, of) =>
      publish(
        `light-${of + 1}-${n + 1}`,
        { tool: anyOf(chance, tools), tenant: chance.pick(['light', 'faint']) },
        at + chance.whole(0, 90) * second,
      ),
    ),
  ];
};

const publish = (id: string, body: object, at: number): Happening => ({
  kind: 'publish',
  at,
  queue: 'davit.tasks',
  id,
  body: JSON.stringify(body),
});

const anyOf = (chance: Chance, tools: readonly string[]): string =>
  tools[chance.whole(0, tools.length - 1)] ?? 'echo';
