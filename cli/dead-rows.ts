import { present } from '../shared/core/present.ts';
import type { Listed } from '../shared/wire/listed.ts';
import { type Context, tableOf } from './context.ts';

/** Which dead letters are wanted: those of a tool, and those whose reason contains a text. */
export interface Wanted {
  readonly tool?: string | undefined;
  readonly reason?: string | undefined;
}

/** The rows that are FAILED or REJECTED, the last changed first. Read from an index, which may be a second behind the table. */
export const deadRows = async (
  { tool, reason }: Wanted,
  context: Context,
): Promise<readonly Listed[]> => {
  const table = tableOf(context);
  const limit = Number.POSITIVE_INFINITY;
  const found = await Promise.all(
    (['FAILED', 'REJECTED'] as const).map((phase) =>
      table.list({ phase, limit, ...present({ tool }) }),
    ),
  );
  const wanted = reason?.toLowerCase();
  return found
    .flat()
    .filter((row) => wanted === undefined || reasonOf(row).toLowerCase().includes(wanted))
    .sort((a, b) => b.updatedAt - a.updatedAt);
};

/** Why a row is dead, without its own id, so that rows with the same cause have the same reason. */
export const reasonOf = ({ taskId, reason, outcome = '' }: Listed): string =>
  (reason ?? outcome).replace(/[A-Za-z0-9_-]+/g, (word) => (word === taskId ? '<id>' : word));
