import type { Listed } from '../../shared/wire/listed.ts';
import { reasonOf } from '../dead-rows.ts';
import { phasePaint } from './phase.ts';
import { type Column, table } from './table.ts';
import type { Screen } from './text.ts';
import { ageOf, momentOf } from './time.ts';

/** Dead letters with the same tool, phase and reason. */
export interface DeadGroup {
  readonly tool: string | undefined;
  readonly phase: Listed['phase'];
  readonly reason: string;
  /** The last changed first. */
  readonly rows: readonly Listed[];
}

/** The rows in groups, the largest first. */
export const deadGroups = (rows: readonly Listed[]): readonly DeadGroup[] => {
  const groups = Map.groupBy(rows, (row) => [row.tool ?? '', row.phase, reasonOf(row)].join('\n'));
  return [...groups.values()]
    .flatMap((of) => {
      const [first] = of;
      return first === undefined
        ? []
        : [{ tool: first.tool, phase: first.phase, reason: reasonOf(first), rows: of }];
    })
    .sort((a, b) => b.rows.length - a.rows.length);
};

/** The table that `davit dead` prints. */
export const deadLines = (
  groups: readonly DeadGroup[],
  screen: Screen,
  now: number,
): readonly string[] => table(groups, columns(screen, now), screen);

const columns = (screen: Screen, now: number): readonly Column<DeadGroup>[] => [
  { head: 'TOOL', of: ({ tool }) => tool ?? '-', cut: { at: 'middle', least: 8 } },
  { head: 'PHASE', of: ({ phase }) => phase, paint: ({ phase }) => phasePaint(phase) },
  { head: 'TASKS', of: ({ rows }) => String(rows.length), side: 'right' },
  {
    head: 'LAST',
    of: ({ rows }) => lastOf(rows, screen, now),
    side: screen.columns === undefined ? 'left' : 'right',
  },
  {
    head: 'FOR EXAMPLE',
    of: ({ rows }) => rows[0]?.taskId ?? '',
    cut: { at: 'middle', least: 12 },
    spare: 2,
  },
  { head: 'REASON', of: ({ reason }) => reason, cut: { at: 'end', least: 24 } },
];

const lastOf = (rows: readonly Listed[], screen: Screen, now: number): string => {
  const at = rows[0]?.updatedAt ?? now;
  return screen.columns === undefined ? momentOf(at) : ageOf(now - at);
};
