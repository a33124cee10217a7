import type { Closure } from './closure.ts';
import type { Queued } from './task.ts';

/**
 * What rows wait for together, so that none of them is asked each minute. A row whose hold has no time of its own waits for
 * the gate of its hold: the gate is written before the row, and the sweep looks at gates and rings for their rows.
 */
export interface Gate {
  /** The hold's `by`. */
  readonly by: string;
  /** When a row was last held by it, roughly. */
  readonly touchedAt: number;
  /** Of a placement, and of the deployment. */
  readonly closure?: Closure;
  /** The tenant after which the next rows are rung. */
  readonly afterTenant?: string;
}

/** Whether a row waits until its gate rings for it. */
export const waitsForGate = ({ hold, rungAt }: Pick<Queued, 'hold' | 'rungAt'>): boolean =>
  hold !== undefined && hold.opensAt === undefined && rungAt === undefined;
