import { placementsGate } from '../core/gate-names.ts';
import type { Launching } from '../core/task.ts';
import { openAfter } from './closing.ts';
import type { LaunchPorts } from './decide-launch.ts';
import { ringWaiters } from './ring-waiters.ts';
import { sendOrder } from './send-order.ts';

/** The rows that are rung for as soon as a placement is open. The sweep goes on. */
const mostAtOnce = 100;
/** So long at most, because the invocation has other messages. */
const ringsMs = 10_000;

/** Sends a new order. Where it was the try of a closed placement, and ECS accepted it, that opens for all. */
export const launchRun = async (ports: LaunchPorts, row: Launching): Promise<void> => {
  const sent = await sendOrder(ports, row, 'first');
  if (sent.run !== row.run || (sent.phase !== 'STARTING' && sent.phase !== 'RUNNING')) return;
  const opened = await openAfter(ports, sent);
  const now = ports.clock.now();
  const isOver = (): boolean => ports.clock.now() - now > ringsMs;
  if (opened.length === 0) return;
  // Others of the same list of placements wait at their own gate.
  for (const by of new Set([...opened, placementsGate(sent.release.spec.placements)]))
    await ringWaiters(ports, { by, touchedAt: now }, { most: mostAtOnce, isOver });
};
