import type { Rejection } from '../core/request.ts';
import type { Task } from '../core/task.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';

/** A message that is no task gets a row that says so; under its stranger id where its own belongs to another. */
export const reject = async (ports: CarryOutPorts, rejection: Rejection): Promise<void> => {
  const told = await advance(ports, undefined, { kind: 'rejected', rejection });
  if (told.kind === 'moved') {
    await noteRejected(ports, told.task, rejection.reason);
    return;
  }
  const stranger = rejection.taskId === rejection.strangerId;
  if (told.kind === 'invalid') {
    if (stranger && rejection.payload === undefined)
      throw new Error(`The table refuses the row of a rejected message: ${told.why}`);
    await reject(ports, withoutBody(rejection, `the table cannot hold its row: ${told.why}`));
    return;
  }
  if (!stranger && told.task?.digest !== rejection.digest) {
    await reject(ports, { ...rejection, taskId: rejection.strangerId });
  }
};

/** Counts and tells a rejected row, and carries out what follows from it. */
export const noteRejected = async (
  ports: CarryOutPorts,
  task: Task,
  reason: string | undefined,
): Promise<void> => {
  ports.meter('TasksRejected');
  ports.tell('warn', 'task.rejected', { taskId: task.taskId, reason });
  await carryOut(ports, task);
};

/** The same under its stranger id and without its body, which may be what the table refused. */
export const withoutBody = ({ payload: _body, ...rest }: Rejection, reason: string): Rejection => ({
  ...rest,
  taskId: rest.strangerId,
  reason,
});
