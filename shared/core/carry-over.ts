import { present } from './present.ts';
import type { Common, CurrentTask, Ended, Launchable, Queued, Said, Task } from './task.ts';
import { isEnded } from './task.ts';

/** The fields that every row has, without those of its phase. */
export const commonOf = (task: Task): Common => ({
  taskId: task.taskId,
  digest: task.digest,
  payloadBytes: task.payloadBytes,
  tenant: task.tenant,
  priority: task.priority,
  run: task.run,
  attempts: task.attempts,
  reclaims: task.reclaims,
  runs: task.runs,
  createdAt: task.createdAt,
  queuedAt: task.queuedAt,
  updatedAt: task.updatedAt,
  startBy: task.startBy,
  revision: task.revision,
  outbox: task.outbox,
  setbacks: task.setbacks,
  ...present({
    payload: task.payload,
    replyTo: task.replyTo,
    correlationId: task.correlationId,
    messageProperties: task.messageProperties,
    tool: task.tool,
    askedVersion: task.askedVersion,
    askedCpu: task.askedCpu,
    askedMemoryMiB: task.askedMemoryMiB,
    askedTimeoutMs: task.askedTimeoutMs,
    askedNotBefore: task.askedNotBefore,
    groupName: task.groupName,
    outboxSince: task.outboxSince,
    repliesGivenUp: task.repliesGivenUp,
    logTail: task.logTail,
    logTailMissing: task.logTailMissing,
    logTailRun: task.logTailRun,
  }),
});

/** What a row keeps that will be launched (again). Its place in a limit belongs to a run, and is not kept. */
export const launchableOf = (task: Queued | CurrentTask): Omit<Launchable, 'place'> => ({
  ...commonOf(task),
  tool: task.tool,
  payload: task.payload,
  memoryDoubled: task.memoryDoubled,
  ...present({
    release: task.release,
    // A container has run: the next wait is another one.
    waitingNotice: task.phase === 'RUNNING' ? undefined : task.waitingNotice,
  }),
});

/** What an ended row keeps of its last run. */
export const remainsOf = (task: Task): Omit<Ended, 'phase' | 'outcome' | 'endedAt' | 'reason'> => {
  if (isEnded(task)) return task;
  const common = commonOf(task);
  if (task.phase === 'QUEUED') {
    return { ...common, ...present({ release: task.release }) };
  }
  const run = {
    ...common,
    release: task.release,
    placement: task.placement,
    ...saidOf(task),
  };
  if (task.phase === 'LAUNCHING') return run;
  const accepted = { ...run, ecsTaskArn: task.ecsTaskArn, ecsVersion: task.ecsVersion };
  return task.phase === 'STARTING' ? accepted : { ...accepted, startedAt: task.startedAt };
};

/** What a run has said of its result: it belongs to that run, and the next one does not get it. */
const saidOf = ({ result, resultAt, resultMissing }: Said): Said =>
  present({ result, resultAt, resultMissing });
