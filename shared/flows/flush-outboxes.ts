import { outboxDue } from '../core/due.ts';
import type { Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { carryOut } from './carry-out.ts';
import type { SendPorts } from './launch.ts';

/** The row after its outbox was tried; what is left waits a growing while: there may be many such rows while a broker is away. */
export const emptied = async (ports: SendPorts, found: Task): Promise<Task> => {
  const task = await carryOut(ports, found);
  const left = outboxDue(task, '');
  if (!left || left.at > ports.clock.now()) return task;
  const why = `${task.outbox.length} consequences could not be carried out`;
  ports.meter('SweepSetbacks');
  ports.tell('warn', 'sweep.setback', { taskId: task.taskId, why });
  const told = await advance(ports, task, { kind: 'deferred', what: 'outbox', why });
  return told.kind === 'invalid' ? task : (told.task ?? task);
};
