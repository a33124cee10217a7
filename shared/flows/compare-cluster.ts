import type { ComparisonPlace, TablePlace } from '../core/comparison.ts';
import { listedToTheEnd } from '../core/comparison.ts';
import type { Described } from '../ports.ts';
import type { Came, ComparePorts } from './compare.ts';
import { describeAll } from './describe.ts';
import { eachOrSetback, noteSetback } from './each-or-setback.ts';
import { type Ghost, lookAtStranger, stopGhosts } from './ghosts.ts';
import { firstRows, type IndexPage, indexPage } from './index-page.ts';

/** So long a sweep lists; what is left of its time is for stopping ghosts. */
const listMs = 30_000;

/**
 * From ECS tasks to rows: lists the cluster from where the sweep before stopped, and looks only at what no row in the
 * index calls its own. The place moves on only past what was looked at.
 */
export const compareCluster = async (
  ports: ComparePorts,
  from: ComparisonPlace,
  isOver: () => boolean,
): Promise<Came> => {
  const until = ports.clock.now() + listMs;
  const known = await knownArns(ports, isOver);
  if (known === undefined) return { place: from, isCut: true };
  const isLate = () => isOver() || ports.clock.now() >= until;
  const ghosts: Ghost[] = [];
  let place = from;
  let isAtEnd = false;
  let fault: { readonly fault?: unknown } = {};
  while (!isAtEnd && !('fault' in fault) && !isLate()) {
    const listed = await listSome(ports, { place, known, isLate });
    ghosts.push(...(await ghostsAmong(ports, listed.strangers)));
    ({ place, isAtEnd, fault } = listed);
  }
  const found = ghosts.toSorted((a, b) => a.createdAt - b.createdAt);
  place = await stopGhosts(ports, { ghosts: found, place, isOver });
  return { place: isAtEnd ? listedToTheEnd(place) : place, isCut: !isAtEnd && isLate(), ...fault };
};

/** Rows of the index that one query answers (1 MB); all are read. */
const pageRows = 1_500;

/** What rows call their own; undefined when the time was too short to read them all. */
const knownArns = async (
  { tasks }: ComparePorts,
  isOver: () => boolean,
): Promise<ReadonlySet<string> | undefined> => {
  const known = new Set<string>();
  for (let at: TablePlace | undefined = firstRows; at !== undefined; ) {
    if (isOver()) return undefined;
    const page: IndexPage = await indexPage(tasks, at, pageRows);
    for (const { ecsTaskArn } of page.rows) if (ecsTaskArn) known.add(ecsTaskArn);
    at = page.next;
  }
  return known;
};

interface Listing {
  readonly place: ComparisonPlace;
  readonly known: ReadonlySet<string>;
  readonly isLate: () => boolean;
}

interface Listed {
  readonly place: ComparisonPlace;
  readonly strangers: readonly string[];
  readonly isAtEnd: boolean;
  readonly fault: { readonly fault?: unknown };
}

/** ECS tasks without a row that are described together. */
const fewStrangers = 100;

/** Lists on until there are strangers enough for a look, or the list or the time is at its end. */
const listSome = async (
  { runs }: ComparePorts,
  { place: from, known, isLate }: Listing,
): Promise<Listed> => {
  const strangers: string[] = [];
  let place = from;
  do {
    let page: Awaited<ReturnType<typeof runs.list>>;
    try {
      page = await runs.list(place.listAfter).catch(() => runs.list(place.listAfter));
    } catch (fault) {
      return { place, strangers, isAtEnd: false, fault: { fault } };
    }
    const { listAfter: _, ...rest } = place;
    strangers.push(...(page?.ecsTaskArns ?? []).filter((arn) => !known.has(arn)));
    const listed = place.listed + (page?.ecsTaskArns.length ?? 0);
    // A place that ECS no longer knows ends the pass: the next one begins at the beginning.
    if (page?.next === undefined)
      return { place: { ...rest, listed }, strangers, isAtEnd: true, fault: {} };
    place = { ...rest, listed, listAfter: page.next };
  } while (strangers.length < fewStrangers && !isLate());
  return { place, strangers, isAtEnd: false, fault: {} };
};

/** Looked at whole, also when the time is just over: the place is about to move past them. */
const ghostsAmong = async (
  ports: ComparePorts,
  strangers: readonly string[],
): Promise<readonly Ghost[]> => {
  const { found, faults } = await describeAll(ports.runs, strangers);
  for (const fault of faults) noteSetback(ports, fault);
  const items = found.filter((seen) => seen.status !== 'stopped' && isOld(seen, ports.clock.now()));
  const looks = await eachOrSetback(ports, { items, isOver: () => false }, (sighting) =>
    lookAtStranger(ports, sighting),
  );
  return looks.answers.flatMap((ghost) => (ghost === undefined ? [] : [ghost]));
};

/** A run younger than this may be one whose row is just being written. */
const ghostAgeMs = 3 * 60_000;

const isOld = ({ createdAt }: Described, now: number): boolean =>
  createdAt !== undefined && now - createdAt > ghostAgeMs;
