import type { ComparisonPlace, TablePlace } from '../core/comparison.ts';
import { listedToTheEnd } from '../core/comparison.ts';
import type { Described } from '../ports/runs.ts';
import type { ComparePorts, Progress } from './compare-ports.ts';
import { describeAll } from './describe.ts';
import { eachOrSetback, logSetback } from './each-or-setback.ts';
import { checkUnnamed, type Ghost, stopGhosts } from './ghosts.ts';
import { firstRows, type IndexPage, indexPage } from './index-page.ts';

/** How long a sweep lists; the rest of its time is for stopping ghosts. */
const listMs = 30_000;

/**
 * Compares ECS tasks with rows: lists the cluster from where the last sweep stopped, and checks the ECS tasks that no row of
 * the index names. The place moves on only past ECS tasks that were checked.
 */
export const compareCluster = async (
  ports: ComparePorts,
  from: ComparisonPlace,
  isOver: () => boolean,
): Promise<Progress> => {
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
    ghosts.push(...(await ghostsAmong(ports, listed.unnamed)));
    ({ place, isAtEnd, fault } = listed);
  }
  const found = ghosts.toSorted((a, b) => a.createdAt - b.createdAt);
  place = await stopGhosts(ports, { ghosts: found, place, isOver });
  return { place: isAtEnd ? listedToTheEnd(place) : place, isCut: !isAtEnd && isLate(), ...fault };
};

/** The rows of the index that one query answers (1 MB). All pages are read. */
const pageRows = 1_500;

/** The ECS tasks that rows name; undefined when there was no time to read all rows. */
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
  readonly unnamed: readonly string[];
  readonly isAtEnd: boolean;
  readonly fault: { readonly fault?: unknown };
}

/** The ECS tasks that no row names and that are described together. */
const fewUnnamed = 100;

/** Lists until there are enough unnamed ECS tasks for one call of DescribeTasks, or until the list or the time ends. */
const listSome = async (
  { runs }: ComparePorts,
  { place: from, known, isLate }: Listing,
): Promise<Listed> => {
  const unnamed: string[] = [];
  let place = from;
  do {
    let page: Awaited<ReturnType<typeof runs.list>>;
    try {
      page = await runs.list(place.listAfter).catch(() => runs.list(place.listAfter));
    } catch (fault) {
      return { place, unnamed, isAtEnd: false, fault: { fault } };
    }
    const { listAfter: _, ...rest } = place;
    unnamed.push(...(page?.ecsTaskArns ?? []).filter((arn) => !known.has(arn)));
    const listed = place.listed + (page?.ecsTaskArns.length ?? 0);
    // When ECS does not know the place any more, this pass ends: the next one starts from the beginning.
    if (page?.next === undefined)
      return { place: { ...rest, listed }, unnamed, isAtEnd: true, fault: {} };
    place = { ...rest, listed, listAfter: page.next };
  } while (unnamed.length < fewUnnamed && !isLate());
  return { place, unnamed, isAtEnd: false, fault: {} };
};

/** Checks all of them, even when the time has just ended: the place is about to move past them. */
const ghostsAmong = async (
  ports: ComparePorts,
  unnamed: readonly string[],
): Promise<readonly Ghost[]> => {
  const { found, faults } = await describeAll(ports.runs, unnamed);
  for (const fault of faults) logSetback(ports, fault);
  const items = found.filter((seen) => seen.status !== 'stopped' && isOld(seen, ports.clock.now()));
  const checks = await eachOrSetback(ports, { items, isOver: () => false }, (sighting) =>
    checkUnnamed(ports, sighting),
  );
  return checks.answers.flatMap((ghost) => (ghost === undefined ? [] : [ghost]));
};

/** The row of a younger run may not be written yet. */
const ghostAgeMs = 3 * 60_000;

const isOld = ({ createdAt }: Described, now: number): boolean =>
  createdAt !== undefined && now - createdAt > ghostAgeMs;
