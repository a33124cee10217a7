import { present } from '../shared/core/present.ts';
import { type Context, controlAt } from './context.ts';
import { failureMessage } from './failure-message.ts';
import { backlogLine } from './print/list.ts';

/** The numbers of messages in davit.tasks and of doorbells, undefined when they are not known, and a sentence about both. */
export interface Backlog {
  readonly ready?: number;
  readonly doorbells?: number;
  readonly sentence: string;
}

/** Asks `control` for the backlog. When that fails the list is still printed, with a sentence about the failure. */
export const readBacklog = async (context: Context): Promise<Backlog> => {
  try {
    const answer = await controlAt(context)({ ask: 'backlog' });
    if (answer.kind === 'backlog' && answer.ready !== undefined) {
      const { ready, doorbells } = answer;
      return { ready, ...present({ doorbells }), sentence: backlogLine(ready, doorbells) };
    }
    return { sentence: 'The broker did not answer how many messages wait in davit.tasks.' };
  } catch (error) {
    const why = failureMessage(error, context.deployment).sentence;
    return { sentence: `The number of messages in davit.tasks is not known: ${why}` };
  }
};
