import type { Chance } from '../chance.ts';
import type { Happening, ServiceName } from '../happening.ts';
import type { Frame } from '../plan-frame.ts';
import type { PlannedTool } from '../planned-tool.ts';
import type { Traits } from '../traits.ts';

/**
 * Troubles that belong together: a fault that shows only when several of them meet would take thousands of worlds of independent
 * troubles. A theme is laid over a plan that is complete without it.
 */
export interface Theme {
  /** In how many of a thousand worlds. */
  readonly perThousand: number;
  /** How long troubles last, when the theme needs another time than other worlds, in ms. */
  readonly troubledMs?: (chance: Chance) => number;
  readonly shape: (chance: Chance, frame: Frame) => Shape;
}

/** What a theme adds to a plan, and what it sets in it. */
export interface Shape {
  readonly traits?: Partial<Traits>;
  readonly tool?: (tool: PlannedTool) => PlannedTool;
  readonly happenings: readonly Happening[];
  /** Services whose other troubles last twenty seconds, because they would hide what the theme is about. */
  readonly spared?: readonly ServiceName[];
  /** When a deployment of the plan comes at the latest, where the previous release does not know what the theme is about. */
  readonly deployedBy?: number;
}
