import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { crashesAtEach } from '../plan-crashes.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import { crashAtLimit, readsOfLimit } from './limit-crashes.ts';
import type { Shape, Theme } from './theme.ts';

/** Tools with few places, tenants that come at once, and functions that end around the item of a limit. */
export const limits: Theme = {
  perThousand: 26,
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
        endless: chance.pick([0, 0.3]),
        stubborn: chance.pick([0, 0.7]),
      },
    });
    const at = chance.whole(frame.start + 3 * minute, frame.calmAt - 14 * minute);
    const times = [at, at + chance.whole(4, 8) * minute];
    return {
      tool: withLimit,
      traits: {
        ...(chance.is(0.5) ? { indexLagMs: [0, chance.pick([20_000, 60_000])] as const } : {}),
        newProcesses: chance.pick([0, 0.3]),
      },
      happenings: [
        ...crashesAtEach(
          chance,
          frame,
          readsOfLimit.filter(() => chance.is(0.3)),
        ),
        ...times.flatMap((time, n) => [
          ...burst(chance, frame, { at: time, n }),
          ...(chance.is(0.6) ? [slowTable(time, frame)] : []),
          ...Array.from({ length: chance.whole(2, 4) }, () =>
            crashAtLimit(chance, chance.whole(time, time + 90 * second)),
          ),
        ]),
      ],
    };
  },
};

/** Writers of one limit meet more often while the table answers slowly. */
const slowTable = (at: number, { calmAt }: Frame): Happening => ({
  kind: 'trouble',
  at,
  service: 'dynamodb',
  how: 'slow',
  until: Math.min(calmAt - minute, at + 3 * minute),
});

/** One tenant publishes many tasks at once, and another one a few. Some are cancelled while others wait for their places. */
const burst = (
  chance: Chance,
  { tools }: Frame,
  { at, n }: { readonly at: number; readonly n: number },
): readonly Happening[] => {
  const tool = tools[chance.whole(0, tools.length - 1)] ?? 'echo';
  const publish = (id: string, tenant: string, when: number): Happening => ({
    kind: 'publish',
    at: when,
    queue: 'davit.tasks',
    id,
    body: JSON.stringify({ tool, tenant }),
    ...(chance.is(0.2) ? { priority: chance.whole(0, 9) } : {}),
  });
  const flood = Array.from({ length: chance.whole(4, 10) }, (_, of) => `flood-${n + 1}-${of + 1}`);
  return [
    ...flood.map((id) => publish(id, 'flood', at + chance.whole(0, 5 * second))),
    ...Array.from({ length: chance.whole(1, 3) }, (_, of) =>
      publish(`light-${n + 1}-${of + 1}`, 'light', at + chance.whole(0, 3 * minute)),
    ),
    ...flood
      .filter(() => chance.is(0.3))
      .map(
        (taskId): Happening => ({
          kind: 'play',
          at: at + chance.whole(10, 150) * second,
          taskId,
          fact: { kind: 'cancelAsked', taskId },
        }),
      ),
  ];
};
