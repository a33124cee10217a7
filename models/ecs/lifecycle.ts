import { changeTask, changeUnseen, inMs, scheduleExpiry } from './changes.ts';
import { startOrderOf } from './start-order.ts';
import type { EcsTask } from './task.ts';
import type { StopCode } from './task-view.ts';
import type { Turn } from './turn.ts';

/*
 * PROVISIONING → PENDING → ACTIVATING ─ started → RUNNING
 *      └────────────┴────────────┴── stopping() ──┴→ DEACTIVATING → STOPPING → DEPROVISIONING → STOPPED
 *
 * A status that the model itself ends has a `dueAt`. ACTIVATING waits for the runtime's report,
 * RUNNING for the container's end or a stop, STOPPING for the container's end after SIGTERM.
 */

/** Moves a task to its next status; its `dueAt` is now. */
export const advance = (turn: Turn, task: EcsTask): void => {
  const { delaysMs } = turn.state.options;
  switch (task.lastStatus) {
    case 'PROVISIONING':
    case 'PENDING':
      if (task.desiredStatus === 'STOPPED') deprovision(turn, task, {});
      else if (task.lastStatus === 'PROVISIONING') finishProvisioning(turn, task);
      else moveToActivating(turn, task);
      return;
    case 'ACTIVATING':
    case 'RUNNING':
      if (task.desiredStatus === 'STOPPED') {
        changeTask(turn, task, {
          lastStatus: 'DEACTIVATING',
          dueAt: inMs(turn, delaysMs.deactivating),
        });
      } else if (task.lastStatus === 'ACTIVATING') moveToRunning(turn, task);
      return;
    case 'DEACTIVATING':
      terminate(turn, task);
      return;
    case 'STOPPING':
      if (mayLive(task)) kill(turn, task);
      else deprovision(turn, task, {});
      return;
    case 'DEPROVISIONING':
      moveToStopped(turn, task);
      return;
    case 'STOPPED':
      return;
  }
};

/**
 * Asks a task to stop: desiredStatus is STOPPED immediately, lastStatus follows step by step, SIGTERM
 * is sent in STOPPING. The first reason stays: a task that is already stopping does not change.
 */
export const stop = (
  turn: Turn,
  task: EcsTask,
  why: { readonly stopCode: StopCode; readonly stoppedReason: string },
): EcsTask => {
  if (task.desiredStatus === 'STOPPED') return task;
  return changeTask(turn, task, {
    ...why,
    desiredStatus: 'STOPPED',
    stoppingAt: turn.now,
    dueAt: inMs(turn, turn.state.options.delaysMs.stopAsked),
  });
};

/** Goes directly to DEPROVISIONING, for a task whose container never started or whose machine is lost. */
export const deprovision = (turn: Turn, task: EcsTask, changes: Partial<EcsTask>): void => {
  changeTask(turn, task, {
    stoppingAt: task.stoppingAt ?? turn.now,
    containers: task.containers.map((each) => ({ ...each, lastStatus: 'STOPPED' as const })),
    ...changes,
    lastStatus: 'DEPROVISIONING',
    desiredStatus: 'STOPPED',
    dueAt: inMs(turn, turn.state.options.delaysMs.deprovisioning),
  });
};

/** Whether the start of the main container was ordered and its end was not yet reported. */
export const mayLive = ({ mainIs }: EcsTask): boolean => mainIs === 'ordered' || mainIs === 'alive';

const finishProvisioning = (turn: Turn, task: EcsTask): void => {
  if (task.doom !== undefined) {
    deprovision(turn, task, { stopCode: 'TaskFailedToStart', stoppedReason: task.doom });
    return;
  }
  changeTask(turn, task, {
    lastStatus: 'PENDING',
    eni: { ...task.eni, status: 'ATTACHED' },
    connectivityAt: turn.now,
    pullStartedAt: turn.now,
    dueAt: inMs(turn, turn.state.options.delaysMs.pending),
  });
};

const moveToActivating = (turn: Turn, task: EcsTask): void => {
  const next = changeTask(turn, task, {
    lastStatus: 'ACTIVATING',
    pullStoppedAt: turn.now,
    mainIs: 'ordered',
    dueAt: null,
  });
  turn.orders.push(startOrderOf(turn.state, next));
};

const moveToRunning = (turn: Turn, task: EcsTask): void => {
  changeTask(turn, task, {
    lastStatus: 'RUNNING',
    startedAt: turn.now,
    containers: task.containers.map((each) => ({ ...each, lastStatus: 'RUNNING' as const })),
    dueAt: null,
  });
};

const terminate = (turn: Turn, task: EcsTask): void => {
  const dueAt = mayLive(task)
    ? turn.now + task.stopTimeoutMs
    : inMs(turn, turn.state.options.delaysMs.stopping);
  const next = changeTask(turn, task, { lastStatus: 'STOPPING', dueAt });
  if (mayLive(next)) turn.orders.push({ kind: 'terminate', taskArn: task.arn });
};

/** There is no new version and no event: the next change that ECS shows is the container's end. */
const kill = (turn: Turn, task: EcsTask): void => {
  changeUnseen(turn, task, { dueAt: null });
  turn.orders.push({ kind: 'kill', taskArn: task.arn });
};

const moveToStopped = (turn: Turn, task: EcsTask): void => {
  const next = changeTask(turn, task, {
    lastStatus: 'STOPPED',
    stoppedAt: turn.now,
    eni: { ...task.eni, status: 'DELETED' },
    dueAt: null,
  });
  scheduleExpiry(turn, next);
};
