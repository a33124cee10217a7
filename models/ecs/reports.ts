import { present } from '../present.ts';
import { changeTask, changeUnseen, inMs } from './changes.ts';
import { deprovision, mayLive } from './lifecycle.ts';
import type { RuntimeReport } from './runtime.ts';
import { taskOf } from './state.ts';
import type { Container, EcsTask } from './task.ts';
import type { Turn } from './turn.ts';

/** Applies what the runtime saw of a container. A report that comes too late changes nothing. */
export const applyReport = (turn: Turn, report: RuntimeReport): void => {
  const task = taskOf(turn.state, report.taskArn);
  if (task === undefined) return;
  switch (report.kind) {
    case 'started':
      applyStarted(turn, task);
      return;
    case 'exited':
      applyExited(turn, task, report);
      return;
    case 'notStarted':
      applyNotStarted(turn, task, report);
      return;
    case 'hostLost':
      applyHostLost(turn, task, report);
      return;
  }
};

const applyStarted = (turn: Turn, task: EcsTask): void => {
  if (task.mainIs !== 'ordered') return;
  const awaited = task.lastStatus === 'ACTIVATING' && task.desiredStatus === 'RUNNING';
  changeUnseen(turn, task, {
    mainIs: 'alive',
    ...present({
      dueAt: awaited ? inMs(turn, turn.state.options.delaysMs.activating) : undefined,
    }),
  });
};

type ReportOf<K extends RuntimeReport['kind']> = Extract<RuntimeReport, { kind: K }>;

/** The task stops with its essential container, unless it is already stopping for another reason. */
const applyExited = (
  turn: Turn,
  task: EcsTask,
  { exitCode, outOfMemory }: ReportOf<'exited'>,
): void => {
  if (!mayLive(task)) return;
  const reason =
    outOfMemory === true ? 'OutOfMemoryError: Container killed due to memory usage' : undefined;
  const end = {
    mainIs: 'gone',
    executionStoppedAt: turn.now,
    containers: endedContainers(task, present({ exitCode, reason })),
  } as const;
  if (task.desiredStatus === 'STOPPED') {
    changeTask(turn, task, { ...end, ...nextStep(turn, task) });
    return;
  }
  changeTask(turn, task, {
    ...end,
    lastStatus: 'DEACTIVATING',
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    stoppingAt: turn.now,
    dueAt: inMs(turn, turn.state.options.delaysMs.deactivating),
  });
};

const endedContainers = (
  task: EcsTask,
  end: { readonly exitCode?: number; readonly reason?: string },
): readonly Container[] =>
  task.containers.map((each) =>
    each.name === task.main
      ? { ...each, ...end, lastStatus: 'STOPPED' }
      : {
          ...each,
          ...present({ exitCode: end.exitCode === undefined ? undefined : 0 }),
          lastStatus: 'STOPPED',
        },
  );

/** Once the task is STOPPING, the end of the container sets the time of the next step. Before that, the steps keep their times. */
const nextStep = (turn: Turn, task: EcsTask): { readonly dueAt?: number } => {
  if (task.lastStatus !== 'STOPPING') return {};
  return { dueAt: inMs(turn, turn.state.options.delaysMs.stopping) };
};

/** The image was not pulled or the program was not found: there is no container and no exit code (ECS guide, task lifecycle). */
const applyNotStarted = (turn: Turn, task: EcsTask, { reason }: ReportOf<'notStarted'>): void => {
  if (task.mainIs !== 'ordered') return;
  const end = { mainIs: 'gone', containers: endedContainers(task, { reason }) } as const;
  if (task.desiredStatus === 'STOPPED') {
    changeTask(turn, task, { ...end, ...nextStep(turn, task) });
    return;
  }
  deprovision(turn, task, { ...end, stopCode: 'TaskFailedToStart', stoppedReason: reason });
};

/**
 * The machine is lost and its container with it, so there is no exit code. The stop code of an EC2 host that
 * ends is TerminationNotice (ECS guide, task lifecycle), that of Fargate's own machines InfrastructureHealth.
 */
const applyHostLost = (turn: Turn, task: EcsTask, { reason }: ReportOf<'hostLost'>): void => {
  if (task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING') return;
  const stopCode = reason.startsWith('Host EC2') ? 'TerminationNotice' : 'InfrastructureHealth';
  const end = { mainIs: 'gone' } as const;
  const isStopping = task.desiredStatus === 'STOPPED';
  deprovision(turn, task, isStopping ? end : { ...end, stopCode, stoppedReason: reason });
};
