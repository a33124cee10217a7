/** The two directions of the comparison: from rows to ECS tasks, and from ECS tasks to rows. */
export type Way = 'table' | 'cluster';

/** A position in the index by phase; without `after`, the beginning of the phase. */
export interface TablePlace {
  readonly phase: 'STARTING' | 'RUNNING';
  readonly after?: string;
}

/** The progress of the comparison of table and cluster between two sweeps. If it is lost, the comparison begins again. */
export interface ComparisonPlace {
  /** The direction that the next sweep begins with: there was no time left for the other one. */
  readonly first: Way;
  /** Without it, the next sweep begins a new pass over the table. */
  readonly table?: TablePlace;
  /** ECS's own position in the list of its tasks (`nextToken`); without it, the next list begins a new pass. */
  readonly listAfter?: string;
  /** How many ECS tasks this pass has listed so far. */
  readonly listed: number;
  /** Ids of the ghosts that this pass did not stop, and of those that the pass before it did not stop. */
  readonly suspects: readonly string[];
  readonly earlierSuspects: readonly string[];
}

/** The progress before anything was compared. */
export const comparisonStart: ComparisonPlace = {
  first: 'table',
  listed: 0,
  suspects: [],
  earlierSuspects: [],
};

/** One sweep stops this many ghosts. More ghosts at once may mean that the table is wrong, not the cluster. */
const fewGhosts = 10;
const ghostShare = 1 / 20;
/** A sweep has no time for more stops than this. */
const mostGhosts = 1_000;
/** With 32 characters each, the item stays far below DynamoDB's 400 KB. */
const mostSuspects = 3_000;

/** What the comparison does about the ghosts that one sweep found. */
export interface GhostDecision<Ghost> {
  readonly stop: readonly Ghost[];
  readonly left: readonly Ghost[];
  readonly limit: number;
}

/**
 * All ghosts are stopped while they are few among the ECS tasks that were listed. Where they are too many, only those are
 * stopped that an earlier sweep found to be ghosts too, the oldest first. `ghosts` are sorted, the oldest first.
 */
export const ghostDecision = <Ghost extends { readonly id: string }>(
  ghosts: readonly Ghost[],
  { listed, suspects, earlierSuspects }: ComparisonPlace,
): GhostDecision<Ghost> => {
  const limit = Math.min(mostGhosts, Math.max(fewGhosts, Math.floor(listed * ghostShare)));
  if (ghosts.length <= limit) return { stop: ghosts, left: [], limit };
  const agreed = new Set([...suspects, ...earlierSuspects]);
  const stop = ghosts.filter(({ id }) => agreed.has(id)).slice(0, limit);
  const stopped = new Set(stop.map(({ id }) => id));
  return { stop, left: ghosts.filter(({ id }) => !stopped.has(id)), limit };
};

/** The progress with the oldest of the ghosts that were not stopped as suspects. */
export const withSuspects = (
  place: ComparisonPlace,
  left: readonly { readonly id: string }[],
): ComparisonPlace => {
  const ids = left.slice(0, mostGhosts).map(({ id }) => id);
  const suspects = [...new Set([...place.suspects, ...ids])].slice(0, mostSuspects);
  return { ...place, suspects };
};

/** The progress at the beginning of the next list of the cluster: the next pass may confirm the suspects of this one. */
export const listedToTheEnd = ({ listAfter: _, ...place }: ComparisonPlace): ComparisonPlace => ({
  ...place,
  listed: 0,
  suspects: [],
  earlierSuspects: place.suspects,
});
