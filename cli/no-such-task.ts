import { isTaskId } from '../shared/wire/message.ts';
import { shown } from '../shared/wire/shown.ts';
import { codes } from './codes.ts';
import type { Context } from './context.ts';
import { Trouble } from './trouble.ts';

/** Said of a task without a row. */
export const noSuchTask = (taskId: string, { place }: Context): Trouble =>
  new Trouble(
    codes.unknown,
    `There is no task "${taskId}" in ${place.called}. Its message may still wait in davit.tasks: see \`davit list\`.`,
  );

/** Refuses what can be the id of no task: the table keeps other things under such keys, or takes none. */
export const checkTaskId = (text: string, { place }: Context): void => {
  if (isTaskId(text)) return;
  throw new Trouble(
    codes.unknown,
    `There is no task ${shown(text)} in ${place.called}: an id is 1 to 100 letters, digits, _ or -.`,
  );
};
