import type { TablePlace } from '../core/comparison.ts';
import type { InPhase, Tasks } from '../ports.ts';

/** Rows of the index that have an ECS task. `next` is where the next page begins; absent after the last one. */
export interface IndexPage {
  readonly rows: readonly InPhase[];
  readonly next?: TablePlace;
}

/** Where the first page begins. */
export const firstRows: TablePlace = { phase: 'STARTING' };

/** At most `limit` rows from a place on, through both phases. */
export const indexPage = async (
  tasks: Tasks,
  { phase, after }: TablePlace,
  limit: number,
): Promise<IndexPage> => {
  const { rows, next } = await tasks.inPhase(phase, { after, limit });
  if (next !== undefined) return { rows, next: { phase, after: next } };
  return phase === 'STARTING' ? { rows, next: { phase: 'RUNNING' } } : { rows };
};
