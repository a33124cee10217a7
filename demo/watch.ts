import type { Operator, Row } from './operator.ts';
import { until } from './operator.ts';
import type { Scene } from './scene.ts';

const endedPhases = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REJECTED']);

/** Whether a row is over. */
export const isOver = (row: Row): boolean => endedPhases.has(String(row.phase));

/**
 * Shows each phase of a task as it comes, with what it waits for and how far its tool is; answers the ended row. A long
 * film takes long: only a minute and a half without any news is a failure.
 */
export const watchToEnd = (scene: Scene, operator: Operator, taskId: string): Promise<Row> => {
  const began = Date.now();
  let shown = '';
  return until(`${taskId} ends`, async (isNews) => {
    const row = await operator.row(taskId);
    if (row === undefined) return undefined;
    const percent = await progressOf(operator, row);
    if (percent !== undefined) scene.progress(percent);
    const now = `${row.phase} ${row.run}`;
    if (now !== shown) scene.say(`+${((Date.now() - began) / 1000).toFixed(1)} s`, describe(row));
    if (now !== shown || percent !== undefined) isNews();
    shown = now;
    return isOver(row) ? row : undefined;
  });
};

const describe = (row: Row): string => {
  const phase = String(row.phase).padEnd(9);
  if (row.phase === 'QUEUED') return `${phase} ${row.waitingFor ?? ''}`;
  if (!isOver(row)) return `${phase} run ${row.run} of version ${row.version} on ${row.placement}`;
  const why = row.reason ?? (row.exitCode === undefined ? '' : `exit ${row.exitCode}`);
  return `${phase} ${why}`.trimEnd();
};

/** How many percent the tool says it has done since the last question; undefined when it has said nothing new. */
const progressOf = async (operator: Operator, row: Row): Promise<number | undefined> => {
  if (typeof row.ecsTaskArn !== 'string' || row.phase === 'STARTING') return undefined;
  const said = (await operator.newLines(row.ecsTaskArn)).flatMap(
    (line) => /^progress (\d+(?:\.\d+)?) ?%/.exec(line)?.[1] ?? [],
  );
  const last = said.at(-1);
  return last === undefined ? undefined : Number(last);
};

/** The runs that a row remembers, one a line. */
export const showRuns = (scene: Scene, row: Row): void => {
  const runs = Array.isArray(row.runs) ? row.runs : [];
  for (const run of runs) {
    scene.say(
      `run ${run.run}`,
      `${run.verdict}, ${run.why} · version ${run.version} on ${run.placement}`,
    );
  }
};
