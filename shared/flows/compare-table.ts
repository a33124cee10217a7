import type { ComparisonPlace } from '../core/comparison.ts';
import type { Task } from '../core/task.ts';
import type { InPhase } from '../ports.ts';
import { applyMissing, applySighting } from './apply-sighting.ts';
import type { ComparePorts, Progress } from './compare-ports.ts';
import { describeAll } from './describe.ts';
import { eachOrSetback, logSetback, withGrace } from './each-or-setback.ts';
import { firstRows, indexPage } from './index-page.ts';

/** The rows that are read and compared together: five calls of ECS. */
const pageRows = 500;

interface Expected extends InPhase {
  readonly status: 'starting' | 'running';
}

/**
 * Compares rows with their ECS tasks, page by page, from where the last sweep stopped. A row that agrees with ECS is
 * neither read nor written. Rows that a refused call of ECS was about are compared again in the next pass.
 */
export const compareTable = async (
  ports: ComparePorts,
  from: ComparisonPlace,
  isOver: () => boolean,
): Promise<Progress> => {
  const { table = firstRows, ...rest } = from;
  let at = table;
  while (!isOver()) {
    const { rows, next } = await indexPage(ports.tasks, at, pageRows);
    const status = at.phase === 'STARTING' ? 'starting' : 'running';
    const expected = rows.map((row): Expected => ({ ...row, status }));
    const { isCut, ...why } = await comparePage(ports, expected, isOver);
    if (isCut) break;
    if (next === undefined) return { place: rest, isCut: false, ...why };
    at = next;
    if ('fault' in why) return { place: { ...rest, table: at }, isCut: false, ...why };
  }
  return { place: { ...rest, table: at }, isCut: true };
};

/** Answers a fault only when every call of ECS failed: then the next pages would fail as well. */
const comparePage = async (
  ports: ComparePorts,
  rows: readonly Expected[],
  isOver: () => boolean,
): Promise<{ readonly isCut: boolean; readonly fault?: unknown }> => {
  const byArn = new Map(rows.flatMap((row) => (row.ecsTaskArn ? [[row.ecsTaskArn, row]] : [])));
  const { found, missing, faults, calls } = await describeAll(ports.runs, [...byArn.keys()]);
  for (const fault of faults) logSetback(ports, fault);
  const isLate = withGrace(ports, isOver);
  const news = found.filter((sighting) => {
    const row = byArn.get(sighting.ecsTaskArn);
    return row?.status !== sighting.status || row.isMissed;
  });
  const ofNews = await eachOrSetback(ports, { items: news, isOver: isLate }, (sighting) =>
    withCurrent(ports, byArn.get(sighting.ecsTaskArn), (task, { run }) =>
      applySighting(ports, task, { run, sighting }, 'EndedBySweep'),
    ),
  );
  const ofMissing = await eachOrSetback(ports, { items: missing, isOver: isLate }, (ecsTaskArn) =>
    withCurrent(ports, byArn.get(ecsTaskArn), (task, { run }) =>
      applyMissing(ports, task, { run, ecsTaskArn }),
    ),
  );
  const isCut = ofNews.isCut || ofMissing.isCut;
  return calls > 0 && faults.length === calls ? { isCut, fault: faults[0] } : { isCut };
};

/** Does `apply` with the row as the table has it now: the index may be stale. */
const withCurrent = async (
  { tasks }: ComparePorts,
  row: Expected | undefined,
  apply: (task: Task, row: Expected) => Promise<void>,
): Promise<void> => {
  const task = row && (await tasks.read(row.taskId));
  if (row && task) await apply(task, row);
};
