import type { Rejection } from '../core/request.ts';
import type { Task } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { advance } from './advance.ts';
import { type CarryOutPorts, carryOut } from './carry-out.ts';
import { noteUnreadable, orUnreadable, withRow } from './with-row.ts';

/** Under so many ids a rejected message looks for a free one; each is made from the message itself. */
const mostIds = 10;

/** A message that is no task gets a row that says so; under its stranger id where its own belongs to another. */
export const reject = async (
  ports: CarryOutPorts,
  rejection: Rejection,
  ids = mostIds,
): Promise<void> => {
  const advanced = await orUnreadable(advance(ports, undefined, { kind: 'rejected', rejection }));
  if (advanced instanceof UnreadableRow) {
    noteUnreadable(ports, advanced);
    if (advanced.digest !== rejection.digest)
      await reject(ports, elsewhere(rejection, ids), ids - 1);
    return;
  }
  switch (advanced.kind) {
    case 'moved':
      return withRow(ports, () => noteRejected(ports, advanced.task, rejection.reason));
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

/** Counts and tells a rejected row, and carries out what follows from it. */
export const noteRejected = async (
  ports: CarryOutPorts,
  task: Task,
  reason: string | undefined,
): Promise<void> => {
  ports.meter('TasksRejected');
  ports.log('warn', 'task.rejected', { taskId: task.taskId, reason });
  await carryOut(ports, task);
};

/** The same under its stranger id and without its body, which may be what the table refused. */
export const withoutBody = ({ payload: _body, ...rest }: Rejection, reason: string): Rejection => ({
  ...rest,
  taskId: rest.strangerId,
  reason,
});

/** The same under the id of a stranger; where a publisher has given that to another message, under one that is made from it. */
const elsewhere = (rejection: Rejection, ids: number): Rejection => {
  const { taskId, strangerId } = rejection;
  if (ids <= 0) throw new Error(`All ids of the rejected message ${taskId} belong to others.`);
  const isStranger = taskId.endsWith(strangerId);
  return { ...rejection, taskId: isStranger ? `x-${taskId}` : strangerId };
};
