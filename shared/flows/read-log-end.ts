import { errorMessage } from '../core/error-message.ts';
import type { FactOf } from '../core/fact.ts';
import { logTailOf, unexplainedRun } from '../core/log-end.ts';
import type { Task } from '../core/task.ts';
import type { Logs } from '../ports.ts';
import { advance } from './advance.ts';
import type { CarryOutPorts } from './carry-out.ts';

/**
 * Reads the last lines of a run that failed, once, before the events about it are sent. Where the log cannot be read, the row
 * says so, and everything goes on. Throws only when the row cannot be written.
 */
export const withLogEnd = async (ports: CarryOutPorts, task: Task): Promise<Task> => {
  const failed = unexplainedRun(task);
  if (failed === undefined || ports.logs === undefined) return task;
  const fact = await endOf(ports, ports.logs, { ...failed, taskId: task.taskId });
  const advanced = await advance(ports, task, fact);
  return advanced.kind === 'invalid' ? task : (advanced.task ?? task);
};

const endOf = async (
  { log }: CarryOutPorts,
  logs: Logs,
  of: { readonly taskId: string; readonly run: number; readonly ecsTaskArn: string },
): Promise<FactOf<'logEndRead'>> => {
  const { taskId, run, ecsTaskArn } = of;
  const read = { kind: 'logEndRead', run } as const;
  try {
    const { lines } = (await logs.end(ecsTaskArn)) ?? { lines: [] };
    return lines.length > 0
      ? { ...read, logTail: logTailOf(lines) }
      : { ...read, missing: 'it printed nothing, or its lines arrived later than its end' };
  } catch (error) {
    const why = errorMessage(error);
    log('warn', 'log.unreadable', { taskId, run, why });
    return { ...read, missing: `its log could not be read: ${why}` };
  }
};
