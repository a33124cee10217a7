import { advance } from '../../shared/flows/advance.ts';
import { carryOut } from '../../shared/flows/carry-out.ts';
import type { World } from './world.ts';

/** An operator cancels a task. */
export const cancelTask = async (world: World, taskId: string): Promise<void> => {
  const fact = { kind: 'cancelAsked', taskId } as const;
  const advanced = await advance(world.ports, world.row(taskId), fact);
  if (advanced.kind === 'moved') await carryOut(world.ports, advanced.task);
};
