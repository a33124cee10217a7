import type { Common, CurrentTask, Ended, Launchable, Queued, Task } from './task.ts';
import { isEnded } from './task.ts';

/** What every row has, without what belongs to its phase. */
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
  ...(task.payload === undefined ? {} : { payload: task.payload }),
  ...(task.replyTo === undefined ? {} : { replyTo: task.replyTo }),
  ...(task.correlationId === undefined ? {} : { correlationId: task.correlationId }),
  ...(task.messageProperties === undefined ? {} : { messageProperties: task.messageProperties }),
  ...(task.tool === undefined ? {} : { tool: task.tool }),
  ...(task.askedVersion === undefined ? {} : { askedVersion: task.askedVersion }),
  ...(task.askedCpu === undefined ? {} : { askedCpu: task.askedCpu }),
  ...(task.askedMemoryMiB === undefined ? {} : { askedMemoryMiB: task.askedMemoryMiB }),
  ...(task.outboxSince === undefined ? {} : { outboxSince: task.outboxSince }),
  ...(task.repliesGivenUp === undefined ? {} : { repliesGivenUp: task.repliesGivenUp }),
});

/** What a row keeps that will be launched (again); the place in a limit belongs to a run and stays behind. */
export const launchableOf = (task: Queued | CurrentTask): Omit<Launchable, 'place'> => ({
  ...commonOf(task),
  tool: task.tool,
  payload: task.payload,
  memoryDoubled: task.memoryDoubled,
  ...(task.release === undefined ? {} : { release: task.release }),
});

/** What an ended row keeps of the run that it ended with. */
export const remainsOf = (task: Task): Omit<Ended, 'phase' | 'outcome' | 'endedAt' | 'reason'> => {
  if (isEnded(task)) return task;
  const common = commonOf(task);
  if (task.phase === 'QUEUED') {
    return { ...common, ...(task.release ? { release: task.release } : {}) };
  }
  const run = { ...common, release: task.release, placement: task.placement };
  if (task.phase === 'LAUNCHING') return run;
  const seen = { ...run, ecsTaskArn: task.ecsTaskArn, ecsVersion: task.ecsVersion };
  return task.phase === 'STARTING' ? seen : { ...seen, startedAt: task.startedAt };
};
