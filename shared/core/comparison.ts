/** The two ways of the comparison: from rows to ECS tasks, and from ECS tasks to rows. */
export type Way = 'table' | 'cluster';

/** A place in the index by phase; without `after`, the beginning of the phase. */
export interface TablePlace {
  readonly phase: 'STARTING' | 'RUNNING';
  readonly after?: string;
}

/** Where the comparison of table and cluster stands between two sweeps. Losing it only starts it from the beginning. */
export interface ComparisonPlace {
  /** The way that the next sweep begins with: the other one had no time left. */
  readonly first: Way;
  /** Without it, the next look at the table begins a new pass. */
  readonly table?: TablePlace;
  /** ECS's own mark in the list of its tasks; without it, the next list begins a new pass. */
  readonly listAfter?: string;
  /** ECS tasks that this pass has listed up to there. */
  readonly listed: number;
  /** Ids of ghosts that this pass left alone, and of those that the pass before it did. */
  readonly suspects: readonly string[];
  readonly earlierSuspects: readonly string[];
}

/** Nothing compared yet. */
export const comparisonStart: ComparisonPlace = {
  first: 'table',
  listed: 0,
  suspects: [],
  earlierSuspects: [],
};

/** Ghosts stopped in one sweep: more of them at once may mean that the table is wrong, and not the cluster. */
const fewGhosts = 10;
const ghostShare = 1 / 20;
/** More stops than this do not fit into a sweep. */
const mostGhosts = 1_000;
/** Of 32 characters each: the item stays far below the 400 KB of DynamoDB. */
const mostSuspects = 3_000;

/** What the comparison does about the ghosts that one sweep found. */
export interface GhostDecision<Ghost> {
  readonly stop: readonly Ghost[];
  readonly left: readonly Ghost[];
  readonly limit: number;
}

/**
 * All ghosts are stopped while they are few among the ECS tasks that were listed. Of too many, only those are that an
 * earlier sweep took for ghosts as well, the oldest first. `ghosts` come oldest first.
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

/** The place with the oldest ghosts noted that were left alone. */
export const withSuspects = (
  place: ComparisonPlace,
  left: readonly { readonly id: string }[],
): ComparisonPlace => {
  const ids = left.slice(0, mostGhosts).map(({ id }) => id);
  const suspects = [...new Set([...place.suspects, ...ids])].slice(0, mostSuspects);
  return { ...place, suspects };
};

/** The place at the beginning of the next list of the cluster: what this pass suspected, the next one may confirm. */
export const listedToTheEnd = ({ listAfter: _, ...place }: ComparisonPlace): ComparisonPlace => ({
  ...place,
  listed: 0,
  suspects: [],
  earlierSuspects: place.suspects,
});
