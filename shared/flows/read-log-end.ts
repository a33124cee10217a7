import { errorMessage } from '../core/error-message.ts';
import type { FactOf } from '../core/fact.ts';
import { logTailOf, unexplainedRun } from '../core/log-end.ts';
import type { Task } from '../core/task.ts';
import { unreadMs } from '../core/times.ts';
import { NotAsked } from '../core/unreachable.ts';
import type { Logs } from '../ports.ts';
import { advance } from './advance.ts';
import type { CarryOutPorts } from './carry-out.ts';

/** A row after a look into the log of its run. `isPutOff`: a later sweep has to look, and the events about the end wait for it. */
export interface Looked {
  readonly task: Task;
  readonly isPutOff: boolean;
}

/**
 * Reads the last lines of a run that failed, once, before the events about it are sent. Where the log cannot be read, the row
 * says so, and everything goes on. Where it was not asked for, the events are put off. Throws only when the row cannot be written.
 */
export const withLogEnd = async (ports: CarryOutPorts, task: Task): Promise<Looked> => {
  const asItIs = { task, isPutOff: false };
  const failed = unexplainedRun(task);
  if (failed === undefined || ports.logs === undefined) return asItIs;
  const fact = await endOf(ports, ports.logs, {
    ...failed,
    taskId: task.taskId,
    mayWait: ports.clock.now() < failed.endedAt + unreadMs,
  });
  if (fact === undefined) return { task, isPutOff: true };
  const advanced = await advance(ports, task, fact);
  return advanced.kind === 'invalid' ? asItIs : { ...asItIs, task: advanced.task ?? task };
};

const endOf = async (
  { log }: CarryOutPorts,
  logs: Logs,
  of: {
    readonly taskId: string;
    readonly run: number;
    readonly ecsTaskArn: string;
    readonly mayWait: boolean;
  },
): Promise<FactOf<'logEndRead'> | undefined> => {
  const { taskId, run, ecsTaskArn, mayWait } = of;
  const read = { kind: 'logEndRead', run } as const;
  try {
    const { lines } = (await logs.end(ecsTaskArn)) ?? { lines: [] };
    return lines.length > 0
      ? { ...read, logTail: logTailOf(lines) }
      : { ...read, missing: 'it printed nothing, or its lines arrived later than its end' };
  } catch (error) {
    if (error instanceof NotAsked && mayWait) return undefined;
    const why = errorMessage(error);
    log('warn', 'log.unreadable', { taskId, run, why });
    return { ...read, missing: `its log could not be read: ${why}` };
  }
};
