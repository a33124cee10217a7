import { ownDue } from '../core/due.ts';
import type { Running, Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { stopOverdueMs } from '../core/times.ts';
import { applyTimePassed } from './apply-time-passed.ts';
import { describeAhead } from './describe-ahead.ts';
import { findRunByName } from './find-run.ts';
import { isTokenValid, type SendPorts, sendOrder } from './send-order.ts';
import { type Round, rewrite, visitDue } from './visit-due.ts';

/** The rows that one sweep visits: it must end before the next one begins. */
const mostActs = 2_000;

/**
 * Acts on every row whose time has come. A launch in doubt is sent again; a run is checked in ECS, and then judged by its
 * times. `ports` postpone the notices that follow.
 */
export const actOnDue = async (ports: SendPorts, round: Round): Promise<void> => {
  let lagMs = 0;
  const { ask, apply } = describeAhead(ports);
  await visitDue(ports, { ...round, kind: 'act', most: mostActs, before: ask }, async (task) => {
    const now = ports.clock.now();
    const own = ownDue(task);
    if (own === undefined || own.at > now) return rewrite(ports, task);
    lagMs = Math.max(lagMs, now - own.at);
    return act({ ...ports, checkRun: apply }, task);
  });
  ports.meter('SweepLagMs', lagMs);
};

interface ActPorts extends SendPorts {
  /** Applies to the row what ECS says of its run, before its times are judged: an event may be lost. Answers the row as it is then. */
  readonly checkRun: (task: Task) => Promise<Task>;
}

const act = async (ports: ActPorts, task: Task): Promise<unknown> => {
  if (isEnded(task)) return task;
  logOverdueStop(ports, task);
  if (task.phase === 'RUNNING') return judgeRunning(ports, task);
  if (task.phase !== 'LAUNCHING') return applyTimePassed(ports, await ports.checkRun(task));
  const now = ports.clock.now();
  const answered = await (isTokenValid(task, now)
    ? sendOrder(ports, task, 'again')
    : findRunByName(ports, task));
  // A launch that is late is judged only now: ECS may know the run, and it may even be running.
  return now < task.startBy ? answered : applyTimePassed(ports, await ports.checkRun(answered));
};

const logOverdueStop = ({ meter, log, clock }: SendPorts, task: Task): void => {
  if (!('stopping' in task) || !task.stopping) return;
  if (clock.now() < task.stopping.at + stopOverdueMs) return;
  meter('StopsOverdue');
  log('error', 'run.stopOverdue', { taskId: task.taskId, run: task.run, since: task.stopping.at });
};

/**
 * A run that is over its timeout is stopped even when ECS cannot be asked about it: if it has ended already, its end is
 * applied when it is seen. (A starting run may be running by now, so it is not judged before ECS has answered.)
 */
const judgeRunning = async (ports: ActPorts, task: Running): Promise<unknown> => {
  let seen: Task = task;
  try {
    seen = await ports.checkRun(task);
  } catch (error) {
    if (await applyTimePassed(ports, task)) return;
    throw error;
  }
  return applyTimePassed(ports, seen);
};
