import type { RuntimeOrder, RuntimeReport } from '../../models/ecs/types.ts';

/** What owns the containers of a stack: it carries out the orders of the ECS model and reports what it sees. */
export type ContainerRuntime = {
  readonly carryOut: (order: RuntimeOrder) => void;
  /** Ends every container at once, and reports nothing of it. */
  readonly stop: () => Promise<void>;
};

/** Makes a runtime that reports to `report`. */
export type RuntimeFactory = (report: (report: RuntimeReport) => void) => ContainerRuntime;
