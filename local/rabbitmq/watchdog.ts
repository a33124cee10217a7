import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessIdentity } from '../setup/process-identity.mjs';

const program = fileURLToPath(new URL('./watchdog-program.ts', import.meta.url));

/** Lets a small process of its own watch over this one: when this one is gone, however that came, it ends what the record of the
 * folder names. Returns the end of the watch, which resolves when the small process is gone. */
export const startWatchdog = (record: string, owner: ProcessIdentity): (() => Promise<void>) => {
  const keeper = fork(program, [record, JSON.stringify(owner)], {
    // A session of its own: Ctrl-C and the end of a terminal are for us, and it outlives us.
    detached: true,
    execArgv: [],
    stdio: 'ignore',
  });
  const ended = new Promise<unknown>((resolve) => {
    keeper.once('exit', resolve);
    keeper.once('error', resolve);
  });
  return async () => {
    if (keeper.connected) keeper.disconnect();
    await ended;
  };
};
