import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { type Frame, minute, second } from '../plan-frame.ts';
import type { PlannedTool } from '../planned-tool.ts';
import type { Theme } from './theme.ts';

/** More tenants wait for a few places than one hand-out looks at. Those whose names come last have waited longest. */
export const manyTenants: Theme = {
  perThousand: 8,
  troubledMs: (chance) => chance.whole(25, 35) * minute,
  shape: (chance, frame) => ({
    traits: { indexLagMs: [0, 200], sweepsSkipped: 0, deliveryLimit: -1 },
    spared: ['dynamodb', 'ecs', 'rabbitmq', 'ssm'],
    tool: withPlaces(chance.whole(2, 4), chance.is(0.5) ? 1 : undefined),
    happenings: crowd(chance, frame, frame.start + chance.whole(2, 6) * minute),
  }),
};

/** Short runs that nearly all begin and end by themselves: places are freed one after the other. */
const withPlaces =
  (maxRunning: number, maxPerTenant: number | undefined) =>
  ({ spec, temper, ...tool }: PlannedTool): PlannedTool => ({
    ...tool,
    spec: {
      ...spec,
      maxRunning,
      ...(maxPerTenant === undefined ? {} : { maxPerTenant }),
      timeoutMs: 2 * minute,
      startTimeoutMs: minute,
      startWithinMs: 1440 * minute,
      delaysMs: [10_000],
      reclaims: 1,
    },
    temper: {
      ...temper,
      durationMs: [10_000, 40_000],
      endless: 0,
      unstartable: 0,
      outOfMemory: 0,
    },
  });

/** One task of each tenant, the last name first, and then a second one of some: the first names always have a task that waits. */
const crowd = (chance: Chance, { tools }: Frame, at: number): readonly Happening[] => {
  const tool = tools[chance.whole(0, tools.length - 1)] ?? 'echo';
  const names = Array.from({ length: chance.whole(52, 66) }, (_, n) => `tenant-${n + 10}`);
  const publish = (tenant: string, nth: number, when: number): Happening => ({
    kind: 'publish',
    at: when,
    queue: 'davit.tasks',
    id: `${tenant}-${nth}`,
    body: JSON.stringify({ tool, tenant }),
  });
  return [
    ...names.map((tenant, n) => publish(tenant, 1, at + (names.length - n) * 300)),
    ...names
      .filter(() => chance.is(0.3))
      .map((tenant) => publish(tenant, 2, at + chance.whole(30, 90) * second)),
  ];
};
