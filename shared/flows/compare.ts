import type { ComparisonPlace, Way } from '../core/comparison.ts';
import { comparisonStart } from '../core/comparison.ts';
import { compareCluster } from './compare-cluster.ts';
import type { ComparePorts, Progress } from './compare-ports.ts';
import { compareTable } from './compare-table.ts';

const ways: readonly Way[] = ['table', 'cluster'];

/**
 * Compares the table with the cluster, both ways. The next sweep goes on where this one stopped, and begins with the way that
 * had no time in this one. When one way fails, the other one is still done.
 */
export const compare = async (ports: ComparePorts, isOver: () => boolean): Promise<void> => {
  const from = await readPlace(ports);
  const faults: unknown[] = [];
  let place = from;
  for (const way of from.first === 'table' ? ways : ways.toReversed()) {
    const progress = await compareOneWay(ports, { way, place, isOver });
    place = progress.place;
    if (progress.isCut) place = { ...place, first: way === 'table' ? 'cluster' : 'table' };
    if ('fault' in progress) faults.push(progress.fault);
  }
  if (JSON.stringify(place) !== JSON.stringify(from)) await ports.place.save(place);
  if (faults.length > 0) throw faults[0];
};

// The place only saves time: without it the comparison starts from the beginning.
const readPlace = async (ports: ComparePorts): Promise<ComparisonPlace> => {
  try {
    return await ports.place.read();
  } catch (error) {
    ports.meter('SweepSetbacks');
    ports.log('warn', 'sweep.setback', { why: String(error) });
    return comparisonStart;
  }
};

interface OneWay {
  readonly way: Way;
  readonly place: ComparisonPlace;
  readonly isOver: () => boolean;
}

const compareOneWay = async (
  ports: ComparePorts,
  { way, place, isOver }: OneWay,
): Promise<Progress> => {
  if (isOver()) return { place: { ...place, first: way }, isCut: false };
  try {
    return await (way === 'table' ? compareTable : compareCluster)(ports, place, isOver);
  } catch (fault) {
    return { place, isCut: false, fault };
  }
};
