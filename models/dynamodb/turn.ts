import type { Rng } from '../random.ts';
import type { TableState } from './types.ts';

/** One call while the table works on it: the only thing that changes in place. It does not leave the model. */
export interface Turn {
  state: TableState;
  readonly now: number;
  readonly rng: Rng;
}
