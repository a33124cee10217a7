import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessIdentity } from '../setup/process-identity.mjs';

const program = fileURLToPath(new URL('./watchdog-program.ts', import.meta.url));

/** Starts a small process that watches this one: when this one has ended, for any reason, it ends the processes that the folder's
 * record names. Returns a function that ends the watch, and resolves when the small process is gone. */
export const startWatchdog = (record: string, owner: ProcessIdentity): (() => Promise<void>) => {
  const watcher = fork(program, [record, JSON.stringify(owner)], {
    // A session of its own: Ctrl-C and a closed terminal do not reach it, so it outlives this process.
    detached: true,
    execArgv: [],
    stdio: 'ignore',
  });
  const ended = new Promise<unknown>((resolve) => {
    watcher.once('exit', resolve);
    watcher.once('error', resolve);
  });
  return async () => {
    if (watcher.connected) watcher.disconnect();
    await ended;
  };
};
