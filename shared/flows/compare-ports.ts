import type { ComparisonPlace } from '../core/comparison.ts';
import type { ComparisonPlaces } from '../ports.ts';
import type { SendPorts } from './send-order.ts';

/** What it takes to compare the table with the cluster. */
export interface ComparePorts extends SendPorts {
  readonly place: ComparisonPlaces;
}

/** How far one way of the comparison came in a sweep. */
export interface Progress {
  readonly place: ComparisonPlace;
  /** It ran out of time before it was finished. */
  readonly isCut: boolean;
  /** The error that ended it. */
  readonly fault?: unknown;
}
