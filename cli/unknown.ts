import { codes } from './codes.ts';
import type { Stand } from './stand.ts';
import { Trouble } from './trouble.ts';

/** Said of a task without a row. */
export const noSuchTask = (taskId: string, { place }: Stand): Trouble =>
  new Trouble(
    codes.unknown,
    `There is no task "${taskId}" in ${place.called}. Its message may still wait in davit.tasks: see \`davit list\`.`,
  );
