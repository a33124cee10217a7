import type { Rejection } from '../core/request.ts';
import type { Task } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { logUnreadableRow, orUnreadable, withRow } from './with-row.ts';

/** How many ids are tried for the row of a rejected message; each is derived from the message. */
const mostIds = 10;

/** Writes a REJECTED row for a message that cannot be a task; under its stranger id when its own id belongs to another message. */
export const reject = async (
  ports: CarryOutPorts,
  rejection: Rejection,
  ids = mostIds,
): Promise<void> => {
  const advanced = await orUnreadable(advance(ports, undefined, { kind: 'rejected', rejection }));
  if (advanced instanceof UnreadableRow) {
    logUnreadableRow(ports, advanced);
    if (advanced.digest !== rejection.digest)
      await reject(ports, elsewhere(rejection, ids), ids - 1);
    return;
  }
  switch (advanced.kind) {
    case 'moved':
      return withRow(ports, () => finishRejected(ports, advanced.task, rejection.reason));
    case 'ignored':
      if (advanced.task?.digest !== rejection.digest)
        await reject(ports, elsewhere(rejection, ids), ids - 1);
      return;
    case 'invalid':
      if (rejection.taskId.endsWith(rejection.strangerId) && rejection.payload === undefined)
        throw new Error(`The table refuses the row of a rejected message: ${advanced.why}`);
      await reject(ports, withoutBody(rejection, `the table cannot hold its row: ${advanced.why}`));
  }
};

/** Counts and logs a rejected row, and carries out its effects. */
export const finishRejected = async (
  ports: CarryOutPorts,
  task: Task,
  reason: string | undefined,
): Promise<void> => {
  ports.meter('TasksRejected');
  ports.log('warn', 'task.rejected', { taskId: task.taskId, reason });
  await carryOut(ports, task);
};

/** The same rejection under its stranger id and without the body: the body may be the reason why the table refused the row. */
export const withoutBody = ({ payload: _body, ...rest }: Rejection, reason: string): Rejection => ({
  ...rest,
  taskId: rest.strangerId,
  reason,
});

/** The same rejection under its stranger id; if a publisher has used that for another message, under an id derived from it. */
const elsewhere = (rejection: Rejection, ids: number): Rejection => {
  const { taskId, strangerId } = rejection;
  if (ids <= 0)
    throw new Error(
      `All ids that were tried for the rejected message ${taskId} belong to other messages.`,
    );
  const isStranger = taskId.endsWith(strangerId);
  return { ...rejection, taskId: isStranger ? `x-${taskId}` : strangerId };
};
