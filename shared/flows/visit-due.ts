import { type DueKind, due, furthestMs } from '../core/due.ts';
import type { Task } from '../core/task.ts';
import { NotAsked } from '../core/unreachable.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { type DueRow, deferRow } from './defer-row.ts';
import { hundreds } from './describe.ts';
import { eachAtMost } from './pace.ts';
import type { SendPorts } from './send-order.ts';

/** One sweep: when it began, and whether its time is over. */
export interface Round {
  readonly now: number;
  readonly isOver: () => boolean;
}

/** The answer of a visit to a row that is not due: it does not count. */
export const notDue = Symbol('not due');

/**
 * Writes again what the indexes hold of a row that is not due: the index was late, or an older Davit wrote the row, with one
 * index for acts and outboxes. A row whose times Davit cannot have written is not moved, because it would then wait
 * unnoticed: it stays, and is counted each time.
 */
export const rewrite = async ({ tasks, clock }: SendPorts, task: Task): Promise<typeof notDue> => {
  const next = due(task);
  if (next !== undefined && next.at > clock.now() + furthestMs)
    throw new UnreadableRow(tooFar(task));
  await tasks.save(task, task);
  return notDue;
};

type Visit = (task: Task) => Promise<unknown>;

/** Prepares the visits to a hundred rows with one call. Never throws. */
type Before = (taskIds: readonly string[]) => Promise<void>;

interface Rows {
  readonly ids: readonly string[];
  readonly isOver: () => boolean;
  /** What they are due for. */
  readonly kind: DueKind;
  readonly before?: Before | undefined;
}

interface DueRound extends Round {
  readonly kind: DueKind;
  readonly most: number;
  readonly before?: Before;
}

// As many calls at the same time as dispatch makes: ECS and the table can take them, and the sweep ends in time.
const atOnce = 20;

/** Visits up to `most` due rows, oldest first. Rows that can be neither visited nor deferred do not count: they would take the places of all others in every sweep. */
export const visitDue = async (
  ports: SendPorts,
  { kind, most, now, isOver, before }: DueRound,
  visit: Visit,
): Promise<void> => {
  const visited = new Set<string>();
  let stuck = 0;
  for (let isMore = true; isMore && visited.size < most + stuck && !isOver(); ) {
    const limit = most + stuck;
    const found = await ports.tasks.due(kind, now, limit);
    const fresh = found.filter((taskId) => !visited.has(taskId));
    const ids = fresh.slice(0, limit - visited.size);
    for (const taskId of ids) visited.add(taskId);
    stuck += await visitEach(ports, { ids, isOver, kind, before }, visit);
    isMore = found.length >= limit || ids.length < fresh.length;
  }
};

/** Visits these rows; a row that fails does not affect the others. Answers how many do not count: they are not due, can be neither visited nor deferred, or need a peer that is silent. */
export const visitEach = async (
  ports: SendPorts,
  { ids, isOver, kind, before }: Rows,
  visit: Visit,
): Promise<number> => {
  let stuck = 0;
  for (const some of before ? hundreds(ids) : [ids]) {
    if (!isOver()) await before?.(some);
    const outcomes = await eachAtMost(
      some,
      atOnce,
      async (taskId) => isOver() || (await visitOne(ports, { taskId, kind }, visit)),
    );
    stuck += outcomes.filter((one) => one.status === 'fulfilled' && !one.value).length;
  }
  return stuck;
};

const tooFar = ({ taskId }: Task): string =>
  `Row ${taskId} would be visited in more than 31 days, and Davit never lets a row wait so long. Was it edited by hand? Correct its times in the table`;

/** Visits one row, and answers whether it counts. */
const visitOne = async (ports: SendPorts, found: DueRow, visit: Visit): Promise<boolean> => {
  try {
    // The index may be stale, so the row itself is read.
    const task = await ports.tasks.read(found.taskId);
    return task === undefined || (await visit(task)) !== notDue;
  } catch (error) {
    // The row's peer is silent and was not called. That is no failure of the row: it is not deferred, and does not count.
    return error instanceof NotAsked ? false : deferRow(ports, found, error);
  }
};
