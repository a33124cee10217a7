import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { signalIfThere } from '../setup/process-identity.mjs';

/**
 * Starts a program in a session of its own: a Ctrl-C in the terminal reaches this process alone, which ends its children in
 * order. When the signal aborts, the program is killed at once with all that it started.
 */
export const startInOwnSession = (
  program: string,
  words: readonly string[],
  { signal, ...options }: SpawnOptions,
): ChildProcess => {
  const child = spawn(program, words, { ...options, detached: true });
  const end = (): void => {
    if (child.pid !== undefined) signalIfThere(-child.pid, 'SIGKILL');
  };
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end);
  child.once('close', () => signal?.removeEventListener('abort', end));
  return child;
};
