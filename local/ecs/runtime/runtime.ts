import type { RuntimeOrder, RuntimeReport } from '../../../models/ecs/runtime.ts';

/** Runs the containers of a stack: it carries out the orders of the ECS model and reports what happens to them. */
export interface ContainerRuntime {
  readonly carryOut: (order: RuntimeOrder) => void;
  /** Ends every container at once, without reports. */
  readonly stop: () => Promise<void>;
}

/** Makes a runtime that reports to `report`. */
export type RuntimeFactory = (report: (report: RuntimeReport) => void) => ContainerRuntime;

/**
 * Makes one runtime of several that share the tasks. A start blocks its runtime until the new process runs, so on a busy machine two
 * runtimes are twice as fast as one.
 */
export const spread =
  (factories: readonly RuntimeFactory[]): RuntimeFactory =>
  (report) => {
    const runtimes = factories.map((make) => make(report));
    return {
      carryOut: (order) => runtimes[shareOf(order.taskArn, runtimes.length)]?.carryOut(order),
      stop: async () => {
        await Promise.all(runtimes.map((runtime) => runtime.stop()));
      },
    };
  };

const shareOf = (taskArn: string, count: number): number =>
  Number.parseInt(taskArn.slice(-6), 16) % count || 0;
