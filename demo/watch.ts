import { type Operator, type Row, until } from './operator.ts';
import type { Scene } from './scene.ts';

const endedPhases = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REJECTED']);

/** Whether a row is over. */
export const isOver = (row: Row): boolean => endedPhases.has(String(row.phase));

/** Shows each phase of a task as it comes, with what it waits for and how far its tool is; answers the ended row. */
export const watchToEnd = (scene: Scene, operator: Operator, taskId: string): Promise<Row> => {
  const began = Date.now();
  let shown = '';
  return until(`${taskId} ends`, async () => {
    const row = await operator.row(taskId);
    if (row === undefined) return undefined;
    const now = `${row.phase} ${row.run}`;
    if (now !== shown) {
      shown = now;
      scene.say(`+${((Date.now() - began) / 1000).toFixed(1)} s`, describe(row));
    }
    await sketchProgress(scene, operator, row);
    return isOver(row) ? row : undefined;
  });
};

const describe = (row: Row): string => {
  const phase = String(row.phase).padEnd(9);
  if (row.phase === 'QUEUED') return `${phase} ${row.waitingFor ?? ''}`;
  if (isOver(row)) return `${phase} ${row.reason ?? ''}`.trimEnd();
  return `${phase} run ${row.run} of version ${row.version} on ${row.placement}`;
};

const sketchProgress = async (scene: Scene, operator: Operator, row: Row): Promise<void> => {
  if (typeof row.ecsTaskArn !== 'string' || row.phase === 'STARTING') return;
  const lines = await operator.newLines(row.ecsTaskArn);
  const percent = /(\d+(?:\.\d+)?) ?%/.exec(lines.at(-1) ?? '')?.[1];
  if (percent !== undefined) scene.sketch(bar(Number(percent)));
};

const barWidth = 40;

const bar = (percent: number): string => {
  const full = Math.round((Math.min(100, percent) / 100) * barWidth);
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${percent.toFixed(0)} %`;
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
