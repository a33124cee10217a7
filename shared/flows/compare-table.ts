import type { ComparisonPlace } from '../core/comparison.ts';
import type { Described, InPhase } from '../ports.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import type { Came, ComparePorts } from './compare.ts';
import { describeAll } from './describe.ts';
import { eachOrSetback, noteSetback, withGrace } from './each-or-setback.ts';
import { firstRows, indexPage } from './index-page.ts';
import type { SendPorts } from './send-order.ts';
import { applySighting } from './settle.ts';

/** Rows that are read and compared together: five calls of ECS. */
const pageRows = 500;

interface Expected extends InPhase {
  readonly status: 'starting' | 'running';
}

/**
 * From rows to ECS tasks, page after page, from where the sweep before stopped. Rows of which ECS says what they say are
 * neither read nor written. What one refused call was to tell is told in the next pass.
 */
export const compareTable = async (
  ports: ComparePorts,
  from: ComparisonPlace,
  isOver: () => boolean,
): Promise<Came> => {
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

/** A fault is answered only when ECS said nothing at all: then the pages behind this one would fare no better. */
const comparePage = async (
  ports: ComparePorts,
  rows: readonly Expected[],
  isOver: () => boolean,
): Promise<{ readonly isCut: boolean; readonly fault?: unknown }> => {
  const byArn = new Map(rows.flatMap((row) => (row.ecsTaskArn ? [[row.ecsTaskArn, row]] : [])));
  const { found, missing, faults, calls } = await describeAll(ports.runs, [...byArn.keys()]);
  for (const fault of faults) noteSetback(ports, fault);
  const isLate = withGrace(ports, isOver);
  const news = found.filter((sighting) => {
    const row = byArn.get(sighting.ecsTaskArn);
    return row?.status !== sighting.status || row.isMissed;
  });
  const ofNews = await eachOrSetback(ports, { items: news, isOver: isLate }, (sighting) =>
    tellNews(ports, byArn.get(sighting.ecsTaskArn), sighting),
  );
  const ofMissing = await eachOrSetback(ports, { items: missing, isOver: isLate }, (arn) =>
    applyMissing(ports, byArn.get(arn), arn),
  );
  const isCut = ofNews.isCut || ofMissing.isCut;
  return calls > 0 && faults.length === calls ? { isCut, fault: faults[0] } : { isCut };
};

const tellNews = async (
  ports: SendPorts,
  row: Expected | undefined,
  sighting: Described,
): Promise<void> => {
  const task = row && (await ports.tasks.read(row.taskId));
  if (row && task) await applySighting(ports, task, { run: row.run, sighting }, 'EndedBySweep');
};

const applyMissing = async (
  ports: SendPorts,
  row: Expected | undefined,
  ecsTaskArn: string,
): Promise<void> => {
  const task = row && (await ports.tasks.read(row.taskId));
  if (!row || !task) return;
  const advanced = await advance(ports, task, { kind: 'missing', run: row.run, ecsTaskArn });
  if (advanced.kind === 'moved') await carryOut(ports, advanced.task);
};
