import { clipped } from './clipped.ts';
import { masked } from './masked.ts';
import type { RunRecord, Verdict } from './run-record.ts';
import type { Task } from './task.ts';

/** Ends that the tool itself has to explain. */
const failures: ReadonlySet<Verdict> = new Set(['tool', 'outOfMemory', 'timeout']);

/** The last run, where it failed and its last lines were not looked at yet. */
export const unexplainedRun = (
  task: Task,
): (RunRecord & { readonly ecsTaskArn: string }) | undefined => {
  const last = task.runs.at(-1);
  if (last === undefined || !failures.has(last.verdict)) return undefined;
  const { ecsTaskArn } = last;
  if (ecsTaskArn === undefined || (task.logTailRun ?? 0) >= last.run) return undefined;
  return { ...last, ecsTaskArn };
};

/** The last lines that a row keeps, the most characters of each, and of all together. */
const mostLines = 20;
const longestLine = 300;
const mostCharacters = 4_000;

/** Only so much of a line is looked through for secrets. */
const mostRead = 2_000;

/** The last lines of a log as a row keeps them: without secrets, each cut, and the oldest left out where they are too long together. */
export const logTailOf = (lines: readonly string[]): string => {
  const last = masked(lines.slice(-mostLines).map((line) => line.slice(0, mostRead)));
  const cut = last.map((line) => clipped(line.trimEnd(), longestLine).toWellFormed());
  let room = mostCharacters;
  const from = cut.findLastIndex((line) => {
    room -= line.length + 1;
    return room < 0;
  });
  return cut.slice(from + 1).join('\n');
};
