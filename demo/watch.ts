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
  const tell = tellerOn(scene);
  return until(`${taskId} ends`, async (isNews) => {
    const row = await operator.row(taskId);
    if (row === undefined) return undefined;
    if (tell(row, await progressOf(operator, row))) isNews();
    return isOver(row) ? row : undefined;
  });
};

/** Says what is new of a task; answers whether anything was. */
const tellerOn = (scene: Scene): ((row: Row, percent: number | undefined) => boolean) => {
  const began = Date.now();
  let shown = '';
  return (row, percent) => {
    const now = `${row.phase} ${row.run}`;
    const news = [
      ...(percent === undefined ? [] : [() => scene.progress(percent)]),
      ...(now === shown ? [] : [() => scene.say(sinceThen(began), describe(row))]),
    ];
    // What a run says comes after its start and before its end.
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

/** How many percent the tool says it has done since the last question; undefined when it has said nothing new. */
const progressOf = async (operator: Operator, row: Row): Promise<number | undefined> => {
  if (typeof row.ecsTaskArn !== 'string' || row.phase === 'STARTING') return undefined;
  const said = (await operator.newLines(row.ecsTaskArn)).flatMap(
    (line) => /^progress (\d+(?:\.\d+)?) ?%/.exec(line)?.[1] ?? [],
  );
  const last = said.at(-1);
  return last === undefined ? undefined : Number(last);
};
