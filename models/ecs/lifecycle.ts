import { buried, changed, inMs, noted } from './changes.ts';
import { startOrderOf } from './start-order.ts';
import type { EcsTask } from './task.ts';
import type { StopCode } from './task-view.ts';
import type { Turn } from './turn.ts';

/*
 * PROVISIONING → PENDING → ACTIVATING ─ started → RUNNING
 *      └────────────┴────────────┴── stopping() ──┴→ DEACTIVATING → STOPPING → DEPROVISIONING → STOPPED
 *
 * A status that the model ends itself has a `dueAt`. ACTIVATING waits for the runtime's report,
 * RUNNING for the container's end or a stop, STOPPING for the container's end after SIGTERM.
 */

/** Moves a task whose time has come to its next status. */
export const advance = (turn: Turn, task: EcsTask): void => {
  const { delaysMs } = turn.state.options;
  switch (task.lastStatus) {
    case 'PROVISIONING':
    case 'PENDING':
      if (task.desiredStatus === 'STOPPED') deprovision(turn, task, {});
      else if (task.lastStatus === 'PROVISIONING') provisioned(turn, task);
      else activate(turn, task);
      return;
    case 'ACTIVATING':
    case 'RUNNING':
      if (task.desiredStatus === 'STOPPED') {
        changed(turn, task, {
          lastStatus: 'DEACTIVATING',
          dueAt: inMs(turn, delaysMs.deactivating),
        });
      } else if (task.lastStatus === 'ACTIVATING') run(turn, task);
      return;
    case 'DEACTIVATING':
      terminate(turn, task);
      return;
    case 'STOPPING':
      if (mayLive(task)) kill(turn, task);
      else deprovision(turn, task, {});
      return;
    case 'DEPROVISIONING':
      stopped(turn, task);
      return;
    case 'STOPPED':
      return;
  }
};

/**
 * Asks a task to stop: desiredStatus STOPPED at once, lastStatus step by step, SIGTERM in STOPPING.
 * The first cause stays: a task that already stops is left as it is.
 */
export const stop = (
  turn: Turn,
  task: EcsTask,
  why: { readonly stopCode: StopCode; readonly stoppedReason: string },
): EcsTask => {
  if (task.desiredStatus === 'STOPPED') return task;
  return changed(turn, task, {
    ...why,
    desiredStatus: 'STOPPED',
    stoppingAt: turn.now,
    dueAt: inMs(turn, turn.state.options.delaysMs.stopAsked),
  });
};

/** Skips to the end for a task whose container never lived or whose machine is gone. */
export const deprovision = (turn: Turn, task: EcsTask, changes: Partial<EcsTask>): void => {
  changed(turn, task, {
    stoppingAt: task.stoppingAt ?? turn.now,
    containers: task.containers.map((each) => ({ ...each, lastStatus: 'STOPPED' as const })),
    ...changes,
    lastStatus: 'DEPROVISIONING',
    desiredStatus: 'STOPPED',
    dueAt: inMs(turn, turn.state.options.delaysMs.deprovisioning),
  });
};

/** Whether the runtime was told to start the main container and has not yet told of its end. */
export const mayLive = ({ mainIs }: EcsTask): boolean => mainIs === 'ordered' || mainIs === 'alive';

const provisioned = (turn: Turn, task: EcsTask): void => {
  if (task.doom !== undefined) {
    deprovision(turn, task, { stopCode: 'TaskFailedToStart', stoppedReason: task.doom });
    return;
  }
  changed(turn, task, {
    lastStatus: 'PENDING',
    eni: { ...task.eni, status: 'ATTACHED' },
    connectivityAt: turn.now,
    pullStartedAt: turn.now,
    dueAt: inMs(turn, turn.state.options.delaysMs.pending),
  });
};

const activate = (turn: Turn, task: EcsTask): void => {
  const next = changed(turn, task, {
    lastStatus: 'ACTIVATING',
    pullStoppedAt: turn.now,
    mainIs: 'ordered',
    dueAt: null,
  });
  turn.orders.push(startOrderOf(turn.state, next));
};

const run = (turn: Turn, task: EcsTask): void => {
  changed(turn, task, {
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
  const next = changed(turn, task, { lastStatus: 'STOPPING', dueAt });
  if (mayLive(next)) turn.orders.push({ kind: 'terminate', taskArn: task.arn });
};

/** No version and no event: what ECS shows next is the container's end. */
const kill = (turn: Turn, task: EcsTask): void => {
  noted(turn, task, { dueAt: null });
  turn.orders.push({ kind: 'kill', taskArn: task.arn });
};

const stopped = (turn: Turn, task: EcsTask): void => {
  const next = changed(turn, task, {
    lastStatus: 'STOPPED',
    stoppedAt: turn.now,
    eni: { ...task.eni, status: 'DELETED' },
    dueAt: null,
  });
  buried(turn, next);
};
