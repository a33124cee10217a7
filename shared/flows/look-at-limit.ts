import type { Limit } from '../core/limit.ts';
import { runAtLimit, runKey } from '../core/limit-key.ts';
import type { Look } from '../core/limit-mend.ts';
import type { CurrentTask, Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import type { InPhase } from '../ports.ts';
import { rowsOf } from './rows-of-runs.ts';
import type { SendPorts } from './send-order.ts';
import type { Round } from './visit-due.ts';

/** Every run that may live, as the index shows it; undefined when there was no time for all of them. */
export const currentRuns = async (
  { tasks }: Pick<SendPorts, 'tasks'>,
  { isOver }: Round,
): Promise<readonly InPhase[] | undefined> => {
  const found: InPhase[] = [];
  for (const phase of ['LAUNCHING', 'STARTING', 'RUNNING'] as const) {
    let after: string | undefined;
    do {
      if (isOver()) return undefined;
      const page = await tasks.inPhase(phase, { after, limit: 1_000 });
      found.push(...page.rows);
      after = page.next;
    } while (after !== undefined);
  }
  return found;
};

/** Reads the rows of all runs that have a place by name, and of those that have none. */
export const lookAt = async (
  ports: Pick<SendPorts, 'tasks' | 'places' | 'clock'>,
  limit: Limit,
  current: readonly InPhase[] | undefined,
): Promise<Look> => {
  const { sha256 } = ports.places;
  const named = await rowsOf(ports, limit.named);
  const over = named.flatMap(({ run, row }) =>
    row === undefined || isEnded(row) || row.run !== run.run ? [run] : [],
  );
  const keys = new Set([...limit.placed, ...limit.named].map(({ key }) => key));
  const unknown = (current ?? []).filter((one) => !keys.has(runKey(one, sha256)));
  const read = unknown.slice(0, mostFound);
  const strangers = (await rowsOf(ports, read)).flatMap(({ run, row }) =>
    row !== undefined && isCurrent(row) && row.run === run.run ? [row] : [],
  );
  return {
    ...(current ? { current: new Set(current.map((one) => runKey(one, sha256))) } : {}),
    found: strangers.map((row) => runAtLimit(row, sha256)),
    over,
    unlisted: unknown.length - read.length,
    at: ports.clock.now(),
  };
};

/** The most rows that are read for one limit: with more runs without a place than this, the others are only counted. */
const mostFound = 500;

const isCurrent = (row: Task): row is CurrentTask => !isEnded(row) && row.phase !== 'QUEUED';
