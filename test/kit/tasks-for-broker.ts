import type { Audience, EffectOf } from '../../shared/core/effect.ts';
import type { Ended } from '../../shared/core/task.ts';

/** A task of `echo` that failed in its second run. */
export const endedTask = (rest: Partial<Ended> = {}): Ended => ({
  phase: 'FAILED',
  taskId: 'task-1',
  digest: 'd1',
  payload: Buffer.from('{"tool":"echo"}'),
  payloadBytes: 15,
  tenant: 'default',
  priority: 0,
  tool: 'echo',
  run: 2,
  attempts: 2,
  reclaims: 0,
  runs: [],
  createdAt: 0,
  queuedAt: 0,
  updatedAt: 0,
  startBy: 0,
  revision: 7,
  outbox: [],
  setbacks: 0,
  endedAt: 0,
  outcome: 'failed',
  ...rest,
});

/** The effect that announces it. */
export const notifyEffect = (to: Audience, id = `task-1/2/${to}.failed`): EffectOf<'notify'> => ({
  kind: 'notify',
  id,
  run: 2,
  to,
  what: 'failed',
  at: 0,
  sequence: 7,
  body: { tool: 'echo', run: 2, attempts: 2, tenant: 'default' },
});
