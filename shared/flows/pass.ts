import type { Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';

/** Judges a row by its times, and carries out what follows. */
export const pass = async (ports: CarryOutPorts, task: Task): Promise<void> => {
  const told = await advance(ports, task, { kind: 'timePassed' });
  if (told.kind === 'moved') await carryOut(ports, told.task);
};
