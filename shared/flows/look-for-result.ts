import { errorMessage } from '../core/error-message.ts';
import type { FactOf } from '../core/fact.ts';
import { isAwaited } from '../core/moves/result-read.ts';
import type { OwnedRun } from '../core/spoken-notice.ts';
import { type Ended, isEnded, type Task } from '../core/task.ts';
import { advance } from './advance.ts';
import type { CarryOutPorts } from './carry-out.ts';
import { resultFactOf } from './result-fact.ts';

/**
 * Reads the end of the log once, where a reply has waited long enough for the result: deliveries of a log subscription can be
 * skipped. The row has the result afterwards, or says why it has none, and the reply can be sent. Throws only when the row
 * cannot be written.
 */
export const lookForResult = async (ports: CarryOutPorts, task: Task): Promise<Task> => {
  if (!isEnded(task) || !isAwaited(task) || !isOver(task, ports.clock.now())) return task;
  const { run, ecsTaskArn } = task;
  if (ports.logs === undefined || ecsTaskArn === undefined) return task;
  const fact = await factInLog(ports, ports.logs, { taskId: task.taskId, run, ecsTaskArn });
  if (fact.missing !== undefined) ports.meter('ResultsMissing');
  const advanced = await advance(ports, task, fact);
  return advanced.kind === 'invalid' ? task : (advanced.task ?? task);
};

const isOver = ({ outbox }: Ended, now: number): boolean =>
  outbox.some(
    (effect) => effect.kind === 'notify' && (effect.notBefore ?? Number.POSITIVE_INFINITY) <= now,
  );

const factInLog = async (
  { log }: CarryOutPorts,
  logs: NonNullable<CarryOutPorts['logs']>,
  of: OwnedRun,
): Promise<FactOf<'resultRead'>> => {
  const { taskId, run, ecsTaskArn } = of;
  const missing = (why: string) => ({ kind: 'resultRead', run, ecsTaskArn, missing: why }) as const;
  try {
    const end = await logs.end(ecsTaskArn);
    if (end === undefined) return missing('the run has no log');
    return end.result
      ? resultFactOf(of, end.result)
      : missing('the end of its log has no DAVIT_RESULT');
  } catch (error) {
    const why = errorMessage(error);
    log('warn', 'log.unreadable', { taskId, run, why });
    return missing(`its log could not be read: ${why}`);
  }
};
