import type { Launching } from '../core/task.ts';
import { openAfter } from './closing.ts';
import type { LaunchPorts } from './decide-launch.ts';
import { ringWaiters } from './ring-waiters.ts';
import { sendOrder } from './send-order.ts';

/** The rows that are rung for as soon as a placement is open. The sweep goes on. */
const mostAtOnce = 100;

/** Sends a new order. Where it was the try of a closed placement, and ECS accepted it, that opens for all. */
export const launchRun = async (ports: LaunchPorts, row: Launching): Promise<void> => {
  const sent = await sendOrder(ports, row, 'first');
  if (sent.run !== row.run || (sent.phase !== 'STARTING' && sent.phase !== 'RUNNING')) return;
  for (const by of await openAfter(ports, sent))
    await ringWaiters(
      ports,
      { by, touchedAt: ports.clock.now() },
      { most: mostAtOnce, isOver: () => false },
    );
};
