import { present } from '../core/present.ts';
import type { Phase } from '../core/task.ts';
import { type Listed, openPhases, phases } from '../wire/listed.ts';

/** Which rows of a group are read. */
export interface WantedGroup {
  readonly group: string;
  readonly phase?: Phase;
  readonly tool?: string;
  /**
   * The most rows to look at in each phase of ended tasks, those that were changed last; absent: only tasks that have not ended,
   * as a cancel of the group needs them. Open phases are read whole.
   */
  readonly mostEnded?: number;
}

/** Rows of a group. */
export interface GroupRows {
  /** The last changed first. */
  readonly rows: readonly Listed[];
  /** Ended rows beyond `mostEnded` were not looked at. */
  readonly isCut: boolean;
}

interface Reads {
  readonly list: (wanted: {
    readonly phase: Phase;
    readonly tool?: string;
    readonly limit: number;
  }) => Promise<readonly Listed[]>;
  /** For a hundred rows at most. */
  readonly attributes: (
    taskIds: readonly string[],
    names: readonly string[],
  ) => Promise<readonly Record<string, unknown>[]>;
}

const pageSize = 100;
/** Reads of pages at the same time. */
const atOnce = 8;

/**
 * The rows of a group: their ids come from the index by phase, and then each row is read, a hundred in a call. The index does not
 * have the group: CloudFormation cannot change the projection of an index, only replace the index. A row costs a read unit for
 * each 4 KB, so 100,000 open rows cost about $0.03 and a thousand calls.
 */
export const readGroup = async (
  { list, attributes }: Reads,
  { group, phase, tool, mostEnded }: WantedGroup,
): Promise<GroupRows> => {
  const asked = phase ? [phase] : phases;
  const found = await Promise.all(
    asked.map(async (one) => {
      const most = openPhases.includes(one) ? Number.POSITIVE_INFINITY : mostEnded;
      if (most === undefined) return { rows: [], isCut: false };
      const rows = await list({ phase: one, limit: most + 1, ...present({ tool }) });
      return { rows: rows.slice(0, most), isCut: rows.length > most };
    }),
  );
  const candidates = found.flatMap(({ rows }) => rows);
  const members = await membersOf(candidates, { group, attributes });
  return {
    rows: candidates
      .filter(({ taskId }) => members.has(taskId))
      .sort((a, b) => b.updatedAt - a.updatedAt),
    isCut: found.some(({ isCut }) => isCut),
  };
};

const membersOf = async (
  rows: readonly Listed[],
  { group, attributes }: { readonly group: string; readonly attributes: Reads['attributes'] },
): Promise<ReadonlySet<unknown>> => {
  const pages = Array.from({ length: Math.ceil(rows.length / pageSize) }, (_, n) =>
    rows.slice(n * pageSize, (n + 1) * pageSize).map(({ taskId }) => taskId),
  ).values();
  const members = new Set<unknown>();
  const work = async (): Promise<void> => {
    for (const page of pages)
      for (const { taskId, groupName } of await attributes(page, ['taskId', 'groupName']))
        if (groupName === group) members.add(taskId);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return members;
};
