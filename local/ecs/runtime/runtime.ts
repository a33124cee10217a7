import type { RuntimeOrder, RuntimeReport } from '../../../models/ecs/types.ts';

/** What owns the containers of a stack: it carries out the orders of the ECS model and reports what it sees. */
export interface ContainerRuntime {
  readonly carryOut: (order: RuntimeOrder) => void;
  /** Ends every container at once, and reports nothing of it. */
  readonly stop: () => Promise<void>;
}

/** Makes a runtime that reports to `report`. */
export type RuntimeFactory = (report: (report: RuntimeReport) => void) => ContainerRuntime;

/**
 * Makes one runtime of several, each with its share of the tasks: a start holds its owner up until the new
 * process runs, and on a busy machine two that wait are twice as fast as one.
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
