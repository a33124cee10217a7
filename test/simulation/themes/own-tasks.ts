import type { Chance } from '../chance.ts';
import type { Happening } from '../happening.ts';
import { type Frame, minute } from '../plan-frame.ts';
import type { PlannedTool } from '../planned-tool.ts';

/** Some messages of a theme's own, between two times. */
export const ownTasks = (
  chance: Chance,
  { tools }: Frame,
  { from, until }: { readonly from: number; readonly until: number },
): readonly Happening[] =>
  Array.from({ length: chance.whole(2, 4) }, (_, n) => ({
    kind: 'publish',
    at: chance.whole(from, until),
    queue: 'davit.tasks',
    id: `own-${n + 1}`,
    body: JSON.stringify({ tool: tools[chance.whole(0, tools.length - 1)] ?? 'echo' }),
  }));

/** A tool whose runs last so many minutes, within its timeout. It has one attempt, so that a world ends in time. */
export const lasting =
  (least: number, most: number) =>
  ({ spec, temper, ...tool }: PlannedTool): PlannedTool => ({
    ...tool,
    spec: {
      ...spec,
      timeoutMs: 60 * minute,
      startWithinMs: 1440 * minute,
      attempts: 1,
      reclaims: 3,
    },
    temper: {
      ...temper,
      durationMs: [least * minute, most * minute],
      endless: 0,
      unstartable: 0,
      outOfMemory: 0,
    },
  });
