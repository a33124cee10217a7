import type { ToolSpec } from '../../shared/core/tool.ts';

/** A tool of a world, and how its runs behave. */
export interface PlannedTool {
  readonly name: string;
  readonly spec: ToolSpec;
  readonly temper: Temper;
}

/** How the runs of a tool behave. */
export interface Temper {
  /** The share of runs that end with an exit code other than 0, and the codes. */
  readonly failures: number;
  readonly exitCodes: readonly [number, ...number[]];
  readonly durationMs: readonly [number, number];
  /** The share of runs that do not end by themselves, of those that ignore SIGTERM, that exit 0 on it, that cannot start, that run out of memory. */
  readonly endless: number;
  readonly stubborn: number;
  readonly polite: number;
  readonly unstartable: number;
  /** Versions of which no run can start, until the world calms down. */
  readonly badVersions?: readonly string[];
  readonly outOfMemory: number;
}
