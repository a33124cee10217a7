import { present } from '../../shared/core/present.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { askForTasks, codeOf } from '../ask-for-tasks.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { checkTaskId } from '../no-such-task.ts';
import { answerLines } from '../print/answers.ts';

/** `davit cancel`: cancels tasks, and prints what happens to each of them. */
export const cancel = command({
  name: 'cancel',
  args: {
    task: {
      type: 'positional',
      required: true,
      description: 'The id of the task; more ids may follow',
    },
    why: {
      type: 'string',
      description: 'The reason, which the row and the publisher get',
      valueHint: 'sentence',
    },
  },
  isRepeated: true,
  notes: [
    'A queued task is CANCELLED at once. A running one is CANCELLED when ECS shows its container stopped; when it ends with',
    'success before that, it is SUCCEEDED. An id without a row is remembered for 14 days: when its message comes, the task is',
    'cancelled at once. A second cancel changes nothing.',
    '--json prints {"tasks": [{"taskId", "how": "done", "refused" or "failed", "says"}]}.',
  ],
  codes: [codes.notFound, codes.rejected, codes.interrupted],
  run: async (args, context) => {
    const ids = [...new Set(args._)];
    for (const id of ids) checkTaskId(id, context);
    const why = args.why;
    const asked = await askForTasks(
      ids,
      (taskIds) => ({ ask: 'cancel', taskIds, ...present({ why }) }),
      context,
    );
    if (args.json) context.print(visibleJson({ tasks: asked.answers }, 2));
    else for (const line of answerLines(asked.answers, context.screen)) context.print(line);
    if (asked.isStopped)
      context.remark(`Stopped after ${asked.answers.length} of ${ids.length} tasks.`);
    return codeOf(asked);
  },
});
