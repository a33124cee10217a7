import { minute, timeIn } from '../plan-frame.ts';
import { quietTool } from './quiet-tool.ts';
import { tasksFrom } from './tasks-from.ts';
import type { Theme } from './theme.ts';

/**
 * Reads of ECS do not show a run before it is minutes old, though never for the five minutes that a run may be missing. Where no
 * event comes either, a shorter `startTimeout` would stop each run before Davit could know that it runs.
 */
export const lateReads: Theme = {
  perThousand: 15,
  shape: (chance, frame) => ({
    traits: { readLagMs: [150_000, 280_000], blindReads: 0, sweepsSkipped: 0 },
    tool: (tool) => quiet({ ...tool, spec: { ...tool.spec, startTimeoutMs: 15 * minute } }),
    happenings: tasksFrom(chance, frame.tools, {
      name: 'late',
      at: Math.min(timeIn(chance, frame), frame.calmAt - 5 * minute),
      withinMs: 4 * minute,
    }),
  }),
};

const quiet = quietTool([minute, 10 * minute]);
