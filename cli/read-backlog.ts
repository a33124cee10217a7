import { type Context, controlAt } from './context.ts';
import { failureMessage } from './failure-message.ts';
import { backlogLine } from './print/list.ts';

/** The number of messages in davit.tasks, undefined when it is not known, and a sentence about it. */
export interface Backlog {
  readonly ready?: number;
  readonly sentence: string;
}

/** Asks `control` for the backlog. When that fails the list is still printed, with a sentence about the failure. */
export const readBacklog = async (context: Context): Promise<Backlog> => {
  try {
    const answer = await controlAt(context)({ ask: 'backlog' });
    if (answer.kind === 'backlog' && answer.ready !== undefined) {
      return { ready: answer.ready, sentence: backlogLine(answer.ready) };
    }
    return { sentence: 'The broker did not answer how many messages wait in davit.tasks.' };
  } catch (error) {
    const why = failureMessage(error, context.deployment).sentence;
    return { sentence: `The number of messages in davit.tasks is not known: ${why}` };
  }
};
