import { isTaskId } from '../shared/wire/message.ts';
import { shown } from '../shared/wire/shown.ts';
import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import type { Context } from './context.ts';

/** The error for a task that has no row. */
export const noSuchTask = (taskId: string, { deployment }: Context): CommandError =>
  new CommandError(
    codes.notFound,
    `There is no task "${taskId}" in ${deployment.description}. Its message may still wait in davit.tasks: see \`davit list\`.`,
  );

/** Throws for a text that cannot be a task's id: the table keeps other items under such keys, or refuses them. */
export const checkTaskId = (text: string, { deployment }: Context): void => {
  if (isTaskId(text)) return;
  throw new CommandError(
    codes.notFound,
    `There is no task ${shown(text)} in ${deployment.description}: an id is 1 to 100 letters, digits, _ or -.`,
  );
};
