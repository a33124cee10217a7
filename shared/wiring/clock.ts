import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '../core/present.ts';
import type { Clock } from '../ports.ts';

/** The clock of this machine. */
export const clock: Clock = {
  now: () => Date.now(),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, present({ signal })).catch(() => undefined);
  },
};
