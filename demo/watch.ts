import type { Operator, Row } from './operator.ts';
import { until } from './operator.ts';
import type { Scene } from './scene.ts';

const endedPhases = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REJECTED']);

/** Whether a task has ended. */
export const isOver = (row: Row): boolean => endedPhases.has(String(row.phase));

/** The observations of a task until it ended. */
export interface Watched {
  readonly row: Row;
  /** The phases that were shown, in order; a short one may be missing. */
  readonly phases: readonly string[];
  /** The percentages that its tool reported while it ran. */
  readonly percents: readonly number[];
}

/**
 * Shows each phase of a task as it comes, with its reason to wait and the progress of its tool. A long film takes long: only
 * 90 s without any news are a failure.
 */
export const watchToEnd = async (
  scene: Scene,
  operator: Operator,
  taskId: string,
): Promise<Watched> => {
  const report = reporterOn(scene);
  const phases: string[] = [];
  const percents: number[] = [];
  const row = await until(`${taskId} ends`, async (isNews) => {
    const found = await operator.row(taskId);
    if (found === undefined) return undefined;
    const percent = await progressOf(operator, found);
    // Progress that is read after the end was not visible while the task ran.
    if (percent !== undefined && !isOver(found)) percents.push(percent);
    if (phases.at(-1) !== found.phase) phases.push(String(found.phase));
    if (report(found, percent)) isNews();
    return isOver(found) ? found : undefined;
  });
  return { row, phases, percents };
};

/** Prints what is new about a task; returns whether anything was new. */
const reporterOn = (scene: Scene): ((row: Row, percent: number | undefined) => boolean) => {
  const began = Date.now();
  let shown = '';
  return (row, percent) => {
    const now = `${row.phase} ${row.run}`;
    const news = [
      ...(percent === undefined ? [] : [() => scene.progress(percent)]),
      ...(now === shown ? [] : [() => scene.say(sinceThen(began), describe(row))]),
    ];
    // The output of a run comes after its start and before its end.
    for (const say of isOver(row) ? news : news.toReversed()) say();
    shown = now;
    return news.length > 0;
  };
};

const sinceThen = (began: number): string => `+${((Date.now() - began) / 1000).toFixed(1)} s`;

const describe = (row: Row): string => {
  const phase = String(row.phase).padEnd(9);
  if (row.phase === 'QUEUED') return `${phase} ${row.waitingFor ?? ''}`;
  if (!isOver(row)) return `${phase} run ${row.run} of version ${row.version} on ${row.placement}`;
  const why = row.reason ?? (row.exitCode === undefined ? '' : `exit ${row.exitCode}`);
  return `${phase} ${why}`.trimEnd();
};

/** The latest percentage that the tool has printed since the last call; undefined when it has printed none. */
const progressOf = async (operator: Operator, row: Row): Promise<number | undefined> => {
  if (typeof row.ecsTaskArn !== 'string' || row.phase === 'STARTING') return undefined;
  const fractions = (await operator.newLines(row.ecsTaskArn)).flatMap(
    (line) => /^DAVIT_PROGRESS \{"fraction":(\d(?:\.\d+)?)/.exec(line)?.[1] ?? [],
  );
  const last = fractions.at(-1);
  return last === undefined ? undefined : Math.round(Number(last) * 100);
};
