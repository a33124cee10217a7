import { iso } from '../../shared/wire/stored-time.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { deadRows } from '../dead-rows.ts';
import { type DeadGroup, deadGroups, deadLines } from '../print/dead.ts';

/** The ids that a group of --json names. */
const mostIds = 100;

/** `davit dead`: the tasks that are FAILED or REJECTED, grouped by tool and reason. */
export const dead = command({
  name: 'dead',
  args: {
    tool: { type: 'string', description: 'Only this tool' },
    reason: {
      type: 'string',
      description: 'Only reasons that contain this text',
      valueHint: 'text',
    },
  },
  notes: [
    'It reads the rows, which are the record: davit.dead keeps only the newest letters. In a reason, <id> stands for the id of',
    'the task. A rejected message has a tool only when that tool exists.',
    '--json prints {"groups": [{"tool", "phase", "reason", "count", "oldest", "newest", "taskIds": at most 100}]}.',
  ],
  codes: [],
  run: async (args, context) => {
    const groups = deadGroups(await deadRows(args, context));
    if (args.json) context.print(visibleJson({ groups: groups.map(plain) }, 2));
    else if (groups.length === 0) context.print('No task is FAILED or REJECTED.');
    else for (const line of deadLines(groups, context.screen, context.now())) context.print(line);
    return codes.done;
  },
});

const plain = ({ tool, phase, reason, rows }: DeadGroup): object => {
  const times = rows.map(({ updatedAt }) => updatedAt);
  return {
    tool: tool ?? null,
    phase,
    reason,
    count: rows.length,
    oldest: iso(times.at(-1) ?? 0),
    newest: iso(times[0] ?? 0),
    taskIds: rows.slice(0, mostIds).map(({ taskId }) => taskId),
  };
};
