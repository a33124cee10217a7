import { changed, inMs, noted } from './changes.ts';
import { deprovision, mayLive } from './lifecycle.ts';
import { taskOf } from './state.ts';
import type { Container, EcsTask } from './task.ts';
import type { Turn } from './turn.ts';
import type { RuntimeReport } from './types.ts';

/** Takes in what the owner of the containers saw; what no longer matters changes nothing. */
export const take = (turn: Turn, report: RuntimeReport): void => {
  const task = taskOf(turn.state, report.taskArn);
  if (task === undefined) return;
  switch (report.kind) {
    case 'started':
      started(turn, task);
      return;
    case 'exited':
      exited(turn, task, report);
      return;
    case 'notStarted':
      notStarted(turn, task, report);
      return;
    case 'hostLost':
      hostLost(turn, task, report);
      return;
  }
};

const started = (turn: Turn, task: EcsTask): void => {
  if (task.mainIs !== 'ordered') return;
  const awaited = task.lastStatus === 'ACTIVATING' && task.desiredStatus === 'RUNNING';
  noted(turn, task, {
    mainIs: 'alive',
    ...(awaited ? { dueAt: inMs(turn, turn.state.options.delaysMs.activating) } : {}),
  });
};

type Told<K extends RuntimeReport['kind']> = Extract<RuntimeReport, { kind: K }>;

/** The task ends with its essential container, unless it was already stopping for another cause. */
const exited = (turn: Turn, task: EcsTask, { exitCode, outOfMemory }: Told<'exited'>): void => {
  if (!mayLive(task)) return;
  const reason =
    outOfMemory === true
      ? { reason: 'OutOfMemoryError: Container killed due to memory usage' }
      : {};
  const end = {
    mainIs: 'gone',
    executionStoppedAt: turn.now,
    containers: endedContainers(task, { exitCode, ...reason }),
  } as const;
  if (task.desiredStatus === 'STOPPED') {
    changed(turn, task, { ...end, ...afterTheEnd(turn, task) });
    return;
  }
  changed(turn, task, {
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
      : { ...each, ...(end.exitCode === undefined ? {} : { exitCode: 0 }), lastStatus: 'STOPPED' },
  );

/** A container that ended before its SIGTERM was due leaves the steps up to STOPPING as they were. */
const afterTheEnd = (turn: Turn, task: EcsTask): { readonly dueAt?: number } => {
  if (task.lastStatus !== 'STOPPING') return {};
  return { dueAt: inMs(turn, turn.state.options.delaysMs.stopping) };
};

/** Image not pulled, program not found: no container, so no exit code (ECS guide, task lifecycle). */
const notStarted = (turn: Turn, task: EcsTask, { reason }: Told<'notStarted'>): void => {
  if (task.mainIs !== 'ordered') return;
  const end = { mainIs: 'gone', containers: endedContainers(task, { reason }) } as const;
  if (task.desiredStatus === 'STOPPED') {
    changed(turn, task, { ...end, ...afterTheEnd(turn, task) });
    return;
  }
  deprovision(turn, task, { ...end, stopCode: 'TaskFailedToStart', stoppedReason: reason });
};

/**
 * The machine took the container with it, so nobody saw an exit code. An EC2 host that ends tells
 * so with TerminationNotice (ECS guide, task lifecycle); what happens to Fargate's own is InfrastructureHealth.
 */
const hostLost = (turn: Turn, task: EcsTask, { reason }: Told<'hostLost'>): void => {
  if (task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING') return;
  const stopCode = reason.startsWith('Host EC2') ? 'TerminationNotice' : 'InfrastructureHealth';
  deprovision(turn, task, {
    mainIs: 'gone',
    ...(task.desiredStatus === 'STOPPED' ? {} : { stopCode, stoppedReason: reason }),
  });
};
