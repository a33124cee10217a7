import { ownDue } from '../core/due.ts';
import type { Running, Task } from '../core/task.ts';
import { isEnded } from '../core/task.ts';
import { stopOverdueMs } from '../core/times.ts';
import { findRunByName } from './find-run.ts';
import { looksAhead } from './looks-ahead.ts';
import { pass } from './pass.ts';
import { isTokenValid, type SendPorts, sendOrder } from './send-order.ts';
import { type Round, rewrite, visitDue } from './visit-due.ts';

/** Rows that one sweep looks at: it must end before the next. */
const mostActs = 2_000;

/**
 * Acts on every row whose time has come: a launch in doubt is asked again, a run is looked at and judged by its times.
 * `ports` postpone what is told of it.
 */
export const actOnDue = async (ports: SendPorts, round: Round): Promise<void> => {
  let lagMs = 0;
  const { ask, apply } = looksAhead(ports);
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
  /** The row after a look at its run, before it is judged by its times: it may run, or have ended, unheard. */
  readonly checkRun: (task: Task) => Promise<Task>;
}

const act = async (ports: ActPorts, task: Task): Promise<unknown> => {
  if (isEnded(task)) return task;
  noteOverdue(ports, task);
  if (task.phase === 'RUNNING') return judgeRunning(ports, task);
  if (task.phase !== 'LAUNCHING') return pass(ports, await ports.checkRun(task));
  const now = ports.clock.now();
  const asked = await (isTokenValid(task, now)
    ? sendOrder(ports, task, 'again')
    : findRunByName(ports, task));
  // Past its time it is judged only now: ECS may have had it all the time, and it may even run.
  return now < task.startBy ? asked : pass(ports, await ports.checkRun(asked));
};

const noteOverdue = ({ meter, log, clock }: SendPorts, task: Task): void => {
  if (!('stopping' in task) || !task.stopping) return;
  if (clock.now() < task.stopping.at + stopOverdueMs) return;
  meter('StopsOverdue');
  log('error', 'run.stopOverdue', { taskId: task.taskId, run: task.run, since: task.stopping.at });
};

/**
 * A run that went on for too long is stopped also while ECS shows nothing: how it ended, if it has, counts all the same once
 * that is seen. (One that is only starting may run by now, and is not judged unseen.)
 */
const judgeRunning = async (ports: ActPorts, task: Running): Promise<unknown> => {
  let seen: Task = task;
  try {
    seen = await ports.checkRun(task);
  } catch (error) {
    if (await pass(ports, task)) return;
    throw error;
  }
  return pass(ports, seen);
};
