import type { TaskAnswer } from '../../shared/core/control.ts';
import { table } from './table.ts';
import type { Screen } from './text.ts';

/** More tasks than these are not listed one by one where all went well. */
const mostLines = 20;

/** The answers for tasks: all of a few, else those that did not go well, and the number of all. */
export const answerLines = (answers: readonly TaskAnswer[], screen: Screen): readonly string[] => {
  const isLong = answers.length > mostLines;
  const shown = isLong ? answers.filter(({ how }) => how !== 'done') : answers;
  const lines = shown.length === 0 ? [] : table(shown.slice(0, mostLines), columns, screen);
  const count = (how: TaskAnswer['how']): number =>
    answers.filter((answer) => answer.how === how).length;
  const counts = (['done', 'refused', 'failed'] as const)
    .filter((how) => count(how) > 0)
    .map((how) => `${count(how)} ${how}`);
  return isLong ? [...lines, `${answers.length} tasks: ${counts.join(', ')}.`] : lines;
};

const columns = [
  { head: 'TASK', of: (row: TaskAnswer) => row.taskId, cut: { at: 'middle', least: 12 } },
  { head: 'WHAT', of: (row: TaskAnswer) => row.how },
  { head: 'NOW', of: (row: TaskAnswer) => row.says, cut: { at: 'end', least: 24 } },
] as const;
