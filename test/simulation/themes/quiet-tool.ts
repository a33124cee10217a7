import type { PlannedTool } from '../planned-tool.ts';

/** A tool whose runs start, last so long, and end by themselves: only the theme makes trouble for them. */
export const quietTool =
  (durationMs: readonly [number, number]) =>
  (tool: PlannedTool): PlannedTool => ({
    ...tool,
    temper: { ...tool.temper, durationMs, endless: 0, unstartable: 0, outOfMemory: 0 },
  });
