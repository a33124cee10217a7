import type { ComparisonPlace, Way } from '../core/comparison.ts';
import { comparisonStart } from '../core/comparison.ts';
import type { ComparisonPlaces } from '../ports.ts';
import { compareCluster } from './compare-cluster.ts';
import { compareTable } from './compare-table.ts';
import type { SendPorts } from './send-order.ts';

/** What it takes to compare table and cluster. */
export interface ComparePorts extends SendPorts {
  readonly place: ComparisonPlaces;
}

/** How far one way came in a sweep. */
export interface Came {
  readonly place: ComparisonPlace;
  /** It had to stop before it came to its end. */
  readonly isCut: boolean;
  /** Why it came no further, where that was not the time. */
  readonly fault?: unknown;
}

const ways: readonly Way[] = ['table', 'cluster'];

/**
 * The table against the cluster, both ways. What does not fit into this sweep goes on in the next one where this one
 * stopped, and the way that found no time begins there. A way that fails keeps the other one from nothing.
 */
export const compare = async (ports: ComparePorts, isOver: () => boolean): Promise<void> => {
  const from = await placeRead(ports);
  const faults: unknown[] = [];
  let place = from;
  for (const way of from.first === 'table' ? ways : ways.toReversed()) {
    const came = await goOn(ports, { way, place, isOver });
    place = came.place;
    if (came.isCut) place = { ...place, first: way === 'table' ? 'cluster' : 'table' };
    if ('fault' in came) faults.push(came.fault);
  }
  if (JSON.stringify(place) !== JSON.stringify(from)) await ports.place.save(place);
  if (faults.length > 0) throw faults[0];
};

// It is kept only to lose no time: without it the comparison begins at the beginning.
const placeRead = async (ports: ComparePorts): Promise<ComparisonPlace> => {
  try {
    return await ports.place.read();
  } catch (error) {
    ports.meter('SweepSetbacks');
    ports.log('warn', 'sweep.setback', { why: String(error) });
    return comparisonStart;
  }
};

interface Leg {
  readonly way: Way;
  readonly place: ComparisonPlace;
  readonly isOver: () => boolean;
}

const goOn = async (ports: ComparePorts, { way, place, isOver }: Leg): Promise<Came> => {
  if (isOver()) return { place: { ...place, first: way }, isCut: false };
  try {
    return await (way === 'table' ? compareTable : compareCluster)(ports, place, isOver);
  } catch (fault) {
    return { place, isCut: false, fault };
  }
};
