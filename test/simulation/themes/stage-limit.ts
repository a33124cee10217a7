import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { minute, second } from '../plan-frame.ts';
import type { PlannedTool } from '../planned-tool.ts';
import type { Theme } from './theme.ts';

/** The stage has a limit, which is set, changed and removed while several tools and tenants wait; some tools have one of their own. */
export const stageLimit: Theme = {
  perThousand: 8,
  troubledMs: (chance) => chance.whole(25, 40) * minute,
  shape: (chance, frame) => {
    const own = chance.is(0.6) ? chance.whole(1, 2) : undefined;
    const end = frame.calmAt - 5 * minute;
    const at = chance.whole(frame.start + 3 * minute, frame.calmAt - 14 * minute);
    const changes = Array.from({ length: chance.whole(0, 3) }, () =>
      limitAt(chance, chance.whole(at, end)),
    );
    return {
      tool: shortRuns(own),
      traits: chance.is(0.5) ? { indexLagMs: [0, chance.pick([20_000, 60_000])] as const } : {},
      happenings: [
        // From the beginning, or later while runs live.
        limitAt(chance, chance.is(0.5) ? frame.start : chance.whole(at, at + 2 * minute), true),
        ...changes,
        ...[at, at + chance.whole(4, 8) * minute].flatMap((time, n) =>
          burst(chance, frame.tools, { at: time, n }),
        ),
      ],
    };
  },
};

const limitAt = (chance: Chance, at: number, isSet = chance.is(0.7)): Happening => ({
  kind: 'stageLimit',
  at,
  ...(isSet ? { maxRunning: chance.whole(1, 4) } : {}),
});

/** Runs are short, so that places are freed often, and all of them are over in time. */
const shortRuns =
  (maxRunning: number | undefined) =>
  ({ spec, temper, ...tool }: PlannedTool): PlannedTool => ({
    ...tool,
    spec: {
      ...spec,
      ...(maxRunning === undefined || tool.name.length % 2 === 0 ? {} : { maxRunning }),
      timeoutMs: 2 * minute,
      startTimeoutMs: minute,
      startWithinMs: Math.max(spec.startWithinMs, 60 * minute),
      delaysMs: [10_000],
      reclaims: 1,
    },
    temper: { ...temper, durationMs: [5_000, 40_000] },
  });

/** One tenant publishes many tasks of a tool at once, and another one a few of any tool. */
const burst = (
  chance: Chance,
  tools: readonly string[],
  { at, n }: { readonly at: number; readonly n: number },
): readonly Happening[] => {
  const anyTool = (): string => tools[chance.whole(0, tools.length - 1)] ?? 'echo';
  const flooded = anyTool();
  const publish = (id: string, body: object, when: number): Happening => ({
    kind: 'publish',
    at: when,
    queue: 'davit.tasks',
    id,
    body: JSON.stringify(body),
  });
  return [
    ...Array.from({ length: chance.whole(4, 9) }, (_, of) =>
      publish(
        `flood-${n + 1}-${of + 1}`,
        { tool: flooded, tenant: 'flood' },
        at + chance.whole(0, 5 * second),
      ),
    ),
    ...Array.from({ length: chance.whole(1, 4) }, (_, of) =>
      publish(
        `light-${n + 1}-${of + 1}`,
        { tool: anyTool(), tenant: 'light' },
        at + chance.whole(0, 3 * minute),
      ),
    ),
  ];
};
