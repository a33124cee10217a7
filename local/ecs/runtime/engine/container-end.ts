import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from 'dockerode';
import { patience, statusOf } from './connect.ts';

/** How a container ended: with an exit code; or nothing can be known, because it was removed, or its engine was lost. */
export type ContainerEnd =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly outOfMemory: boolean }
  | { readonly kind: 'removed' }
  | { readonly kind: 'engineLost' };

/** The engine may notice the end of a container a moment after the end of its output. */
const noticeMs = 5_000;
const pollMs = 20;

/**
 * Asks how a container ended whose output has ended. The init program keeps the outputs open as long as the container lives, so one that
 * lives on after that has lost its engine. The engine was started again, and its output is no longer read.
 */
export const endOf = async (container: Container): Promise<ContainerEnd> => {
  const until = performance.now() + noticeMs;
  for (;;) {
    const end = await askedEnd(container);
    if (end !== undefined) return end;
    if (performance.now() > until) return { kind: 'engineLost' };
    await sleep(pollMs);
  }
};

/** Podman's `stopping` does not run either, and has the exit code 0 until the end is known. */
const ended: ReadonlySet<string> = new Set(['exited', 'stopped', 'dead']);

/** Undefined while the engine says that the container has not ended, or cannot say. */
const askedEnd = async (container: Container): Promise<ContainerEnd | undefined> => {
  try {
    const { State: state } = await container.inspect(patience());
    if (!ended.has(state.Status)) return undefined;
    return { kind: 'exited', exitCode: state.ExitCode, outOfMemory: state.OOMKilled };
  } catch (cause) {
    const status = statusOf(cause);
    if (status === undefined) return { kind: 'engineLost' };
    return status === 404 ? { kind: 'removed' } : undefined;
  }
};
