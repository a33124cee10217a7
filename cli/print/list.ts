import type { Listed } from '../../shared/wire/listed.ts';
import { phasePaint } from './phase.ts';
import { type Column, table } from './table.ts';
import type { Screen } from './text.ts';
import { ageOf, lengthOf, momentOf } from './time.ts';

/** The table that `davit list` prints. */
export const listLines = (
  rows: readonly Listed[],
  screen: Screen,
  now: number,
): readonly string[] => table(rows, columns(screen, now), screen);

/** A sentence about the number of messages in davit.tasks, and one about the doorbells in davit.doorbells if there are any. */
export const backlogLine = (ready: number, doorbells = 0): string => {
  const messages = waitSentence(ready, 'message', 'davit.tasks');
  return doorbells === 0
    ? messages
    : `${messages} ${waitSentence(doorbells, 'doorbell', 'davit.doorbells')}`;
};

const waitSentence = (count: number, what: string, queue: string): string => {
  if (count === 0) return `No ${what} waits in ${queue}.`;
  return count === 1 ? `1 ${what} waits in ${queue}.` : `${count} ${what}s wait in ${queue}.`;
};

const columns = (screen: Screen, now: number): readonly Column<Listed>[] => [
  { head: 'TASK', of: (row) => row.taskId, cut: { at: 'middle', least: 12 } },
  { head: 'PHASE', of: (row) => row.phase, paint: (row) => phasePaint(row.phase) },
  { head: 'TOOL', of: (row) => row.tool ?? '-', cut: { at: 'middle', least: 8 } },
  { head: 'VERSION', of: (row) => row.version ?? '-', cut: { at: 'middle', least: 7 }, spare: 2 },
  { head: 'RUN', of: (row) => String(row.run), side: 'right', spare: 3 },
  { head: 'PLACEMENT', of: (row) => row.placement ?? '-', spare: 4 },
  screen.columns === undefined
    ? { head: 'CREATED', of: (row) => momentOf(row.createdAt) }
    : { head: 'AGE', of: (row) => ageOf(now - row.createdAt), side: 'right' },
  { head: 'RAN', of: (row) => ran(row, now) || '-', side: 'right', spare: 5 },
  { head: 'WHAT', of: whatOf, cut: { at: 'end', least: 24 }, spare: 1 },
];

/** How long a task ran, or has been running; empty when it never ran. */
const ran = (row: Listed, now: number): string =>
  row.startedAt === undefined ? '' : lengthOf((row.endedAt ?? now) - row.startedAt);

/** What a row waits for, or how it ended. */
const whatOf = (row: Listed): string => {
  if (row.phase === 'SUCCEEDED') return '';
  return row.endedAt === undefined ? (row.waitingFor ?? '') : (row.reason ?? row.outcome ?? '');
};
