import type { Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';

/** Applies to a row that time has passed, and carries out what follows. Answers whether one of its times had come. */
export const applyTimePassed = async (ports: CarryOutPorts, task: Task): Promise<boolean> => {
  const advanced = await advance(ports, task, { kind: 'timePassed' });
  if (advanced.kind !== 'moved') return false;
  await carryOut(ports, advanced.task);
  return true;
};
