import { waitsForResult } from '../core/effect.ts';
import { errorMessage } from '../core/error-message.ts';
import type { FactOf } from '../core/fact.ts';
import { isAwaited } from '../core/moves/result-read.ts';
import type { OwnedRun } from '../core/spoken-notice.ts';
import { type Ended, isEnded, type Task } from '../core/task.ts';
import { unreadMs } from '../core/times.ts';
import { NotAsked } from '../core/unreachable.ts';
import { advance } from './advance.ts';
import type { CarryOutPorts } from './carry-out.ts';
import type { Looked } from './read-log-end.ts';
import { resultFactOf } from './result-fact.ts';

/**
 * Reads the end of the log once, where a reply has waited long enough for the result: deliveries of a log subscription can be
 * skipped. The row has the result afterwards, or says why it has none, and the reply can be sent. Where the log was not asked
 * for, the reply is put off. Throws only when the row cannot be written.
 */
export const lookForResult = async (ports: CarryOutPorts, task: Task): Promise<Looked> => {
  const now = ports.clock.now();
  const asItIs = { task, isPutOff: false };
  if (!isEnded(task) || !isAwaited(task) || !isOver(task, now)) return asItIs;
  const { run, ecsTaskArn } = task;
  if (ports.logs === undefined || ecsTaskArn === undefined) return asItIs;
  const fact = await factInLog(ports, ports.logs, {
    of: { taskId: task.taskId, run, ecsTaskArn },
    mayWait: now < task.endedAt + unreadMs,
  });
  if (fact === undefined) return { task, isPutOff: true };
  if (fact.missing !== undefined) ports.meter('ResultsMissing');
  const advanced = await advance(ports, task, fact);
  return advanced.kind === 'invalid' ? asItIs : { ...asItIs, task: advanced.task ?? task };
};

const isOver = ({ outbox }: Ended, now: number): boolean =>
  outbox.filter(waitsForResult).some(({ notBefore }) => notBefore <= now);

const factInLog = async (
  { log }: CarryOutPorts,
  logs: NonNullable<CarryOutPorts['logs']>,
  { of, mayWait }: { readonly of: OwnedRun; readonly mayWait: boolean },
): Promise<FactOf<'resultRead'> | undefined> => {
  const { taskId, run, ecsTaskArn } = of;
  const missing = (why: string) => ({ kind: 'resultRead', run, ecsTaskArn, missing: why }) as const;
  try {
    const end = await logs.end(ecsTaskArn);
    if (end === undefined) return missing('the run has no log');
    return end.result
      ? resultFactOf(of, end.result)
      : missing('the end of its log has no DAVIT_RESULT');
  } catch (error) {
    if (error instanceof NotAsked && mayWait) return undefined;
    const why = errorMessage(error);
    log('warn', 'log.unreadable', { taskId, run, why });
    return missing(`its log could not be read: ${why}`);
  }
};
