import type { Operator, Row } from './operator.ts';
import { until } from './operator.ts';
import type { Scene } from './scene.ts';

const endedPhases = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REJECTED']);

/** Whether a row is over. */
export const isOver = (row: Row): boolean => endedPhases.has(String(row.phase));

/** What was seen of a task until it ended. */
export interface Watched {
  readonly row: Row;
  /** Each phase that was shown, in the order of its coming; a short one may have been missed. */
  readonly phases: readonly string[];
  /** How far its tool said that it was while it ran, each time that it said something new. */
  readonly percents: readonly number[];
}

/**
 * Shows each phase of a task as it comes, with what it waits for and how far its tool is. A long film takes long: only a
 * minute and a half without any news is a failure.
 */
export const watchToEnd = async (
  scene: Scene,
  operator: Operator,
  taskId: string,
): Promise<Watched> => {
  const tell = tellerOn(scene);
  const phases: string[] = [];
  const percents: number[] = [];
  const row = await until(`${taskId} ends`, async (isNews) => {
    const found = await operator.row(taskId);
    if (found === undefined) return undefined;
    const percent = await progressOf(operator, found);
    // What is read of an ended run was nobody's to watch.
    if (percent !== undefined && !isOver(found)) percents.push(percent);
    if (phases.at(-1) !== found.phase) phases.push(String(found.phase));
    if (tell(found, percent)) isNews();
    return isOver(found) ? found : undefined;
  });
  return { row, phases, percents };
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
