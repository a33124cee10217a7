import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from 'dockerode';
import type { RuntimeReport } from '../../../../models/ecs/runtime.ts';
import { endOf } from './container-end.ts';
import type { ContainerOutput } from './container-output.ts';
import type { ContainerPlace, ContainerWish } from './container-place.ts';
import type { ContainerProcess } from './container-process.ts';
import { failedExec } from './start-words.ts';

/** A container whose start has succeeded. */
export interface StartedContainer {
  readonly container: Container;
  /** The program that the image or the order names. */
  readonly program: string;
  readonly output: ContainerOutput;
  /** Its first process, if this machine shows it. */
  readonly first: ContainerProcess | undefined;
}

/** Watches a container to its end, and returns the report of that. The container is removed, later if not at once. */
export const watchContainer = async (
  place: Pick<ContainerPlace, 'remover'>,
  { order, onStarted }: Pick<ContainerWish, 'order' | 'onStarted'>,
  { container, output, program, first }: StartedContainer,
): Promise<RuntimeReport> => {
  const { taskArn } = order;
  // The engine removes the cgroup, and its counter, soon after the end.
  const kills = output.ended.then(() => first?.memoryKills() ?? 0);
  const hasBegun = await begins(first, output.ended);
  if (hasBegun) onStarted();
  const memoryKills = await kills;
  const end = await endOf(container);
  if (end.kind === 'engineLost') return loseHost(place, { order }, { container, first });
  void place.remover.remove(container.id);
  if (end.kind === 'removed') {
    return { kind: 'hostLost', taskArn, reason: 'Host terminated: its container was removed.' };
  }
  const { exitCode } = end;
  if (!hasBegun) {
    const failed = exitCode === 0 ? undefined : failedExec(order, output.opening() ?? '', program);
    if (failed !== undefined) return failed;
    onStarted();
  }
  // Podman 4.3 says false for real ones.
  const outOfMemory = end.outOfMemory || memoryKills > 0;
  return { kind: 'exited', taskArn, exitCode, ...(outOfMemory ? { outOfMemory } : {}) };
};

/** Ends a container whose engine does not answer, as far as that is possible now, and reports its host as lost. */
export const loseHost = async (
  { remover }: Pick<ContainerPlace, 'remover'>,
  { order }: Pick<ContainerWish, 'order'>,
  { container, first }: Pick<StartedContainer, 'container' | 'first'>,
): Promise<RuntimeReport> => {
  const isKilled = first?.kill() ?? false;
  const removed = remover.remove(container.id);
  if (!isKilled) await Promise.race([removed, sleep(endMs, undefined, { ref: false })]);
  return {
    kind: 'hostLost',
    taskArn: order.taskArn,
    reason: 'Host terminated: its container engine does not answer.',
  };
};

/** A container that lives so long has begun, where this machine does not show its process. */
const beginMs = 1_000;
const beginPollMs = 5;

/** Whether the program was seen to begin, before the container ended. */
const begins = async (
  first: ContainerProcess | undefined,
  ended: Promise<void>,
): Promise<boolean> => {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const until = performance.now() + beginMs;
  while (!isOver && performance.now() < until) {
    if (first?.hasBegun() === true) return true;
    await Promise.race([ended, sleep(beginPollMs)]);
  }
  return !isOver;
};

/** A host that is lost may still run its containers. Another run may start only when this one has surely ended, or after this time. */
const endMs = 60_000;
