import { type DueKind, due, furthestMs, isOutboxKind } from '../core/due.ts';
import { errorMessage } from '../core/error-message.ts';
import type { Task } from '../core/task.ts';
import { NotAsked } from '../core/unreachable.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { advance } from './advance.ts';
import { hundreds } from './describe.ts';
import { eachAtMost } from './pace.ts';
import type { SendPorts } from './send-order.ts';
import { noteUnreadable } from './with-row.ts';

/** One sweep: when it began, and whether it may begin no more. */
export interface Round {
  readonly now: number;
  readonly isOver: () => boolean;
}

/** What a look answers at a row that is not due after all: it does not count. */
export const notDue = Symbol('not due');

/**
 * The index was late, or the row was last written by a Davit that kept acts and outboxes in one index: what is derived of
 * it is written again, so that it stands where it belongs. Not where it would then wait in silence: a row whose times no
 * Davit wrote is left where it was found, and counted each time.
 */
export const rewrite = async ({ tasks, clock }: SendPorts, task: Task): Promise<typeof notDue> => {
  const next = due(task);
  if (next !== undefined && next.at > clock.now() + furthestMs)
    throw new UnreadableRow(tooFar(task));
  await tasks.save(task, task);
  return notDue;
};

type Look = (task: Task) => Promise<unknown>;

/** Does for a hundred rows at once what their looks need. Never throws. */
type Before = (taskIds: readonly string[]) => Promise<void>;

interface Rows {
  readonly ids: readonly string[];
  readonly isOver: () => boolean;
  /** For what they are due. */
  readonly kind: DueKind;
  readonly before?: Before | undefined;
}

interface DueRound extends Round {
  readonly kind: DueKind;
  readonly most: number;
  readonly before?: Before;
}

// As many calls as dispatch has under way: ECS and the table take them, and a sweep is over in time.
const atOnce = 20;

/**
 * Looks at rows that are due, oldest first, and at so many. Those do not count that would stand in front of all others
 * for ever, since nothing can be written to them.
 */
export const visitDue = async (
  ports: SendPorts,
  { kind, most, now, isOver, before }: DueRound,
  look: Look,
): Promise<void> => {
  const looked = new Set<string>();
  let stuck = 0;
  for (let isMore = true; isMore && looked.size < most + stuck && !isOver(); ) {
    const limit = most + stuck;
    const found = await ports.tasks.due(kind, now, limit);
    const fresh = found.filter((taskId) => !looked.has(taskId));
    const ids = fresh.slice(0, limit - looked.size);
    for (const taskId of ids) looked.add(taskId);
    stuck += await visitEach(ports, { ids, isOver, kind, before }, look);
    isMore = found.length >= limit || ids.length < fresh.length;
  }
};

/** Looks at these rows; one row's failure is that row's. Answers how many do not count: they are not due, can neither be looked at nor put off, or need a peer that is silent. */
export const visitEach = async (
  ports: SendPorts,
  { ids, isOver, kind, before }: Rows,
  look: Look,
): Promise<number> => {
  let stuck = 0;
  for (const some of before ? hundreds(ids) : [ids]) {
    if (!isOver()) await before?.(some);
    const outcomes = await eachAtMost(
      some,
      atOnce,
      async (taskId) => isOver() || (await counts(ports, { taskId, kind }, look)),
    );
    stuck += outcomes.filter((one) => one.status === 'fulfilled' && !one.value).length;
  }
  return stuck;
};

const tooFar = ({ taskId }: Task): string =>
  `Row ${taskId} would be looked at in more than 31 days, and no Davit lets a row wait so long. Was it edited by hand? Mend its times in the table`;

interface Found {
  readonly taskId: string;
  readonly kind: DueKind;
}

/** Looks at one row, and answers whether that counts. */
const counts = async (ports: SendPorts, found: Found, look: Look): Promise<boolean> => {
  try {
    // The index may be stale: the row itself is asked.
    const task = await ports.tasks.read(found.taskId);
    return task === undefined || (await look(task)) !== notDue;
  } catch (error) {
    // A peer that was not even asked says nothing of the row, which is not written: it must not stand before the others.
    return error instanceof NotAsked ? false : setBack(ports, found, error);
  }
};

/** A row that cannot be looked after waits a growing while, so that the others have their turn. Answers whether it does. */
const setBack = async (
  ports: SendPorts,
  { taskId, kind }: Found,
  error: unknown,
): Promise<boolean> => {
  const why = errorMessage(error);
  ports.meter('SweepSetbacks');
  ports.log('error', 'sweep.setback', { taskId, why });
  if (error instanceof UnreadableRow) {
    noteUnreadable(ports, error);
    return false;
  }
  try {
    const isOutbox = isOutboxKind(kind);
    const fact = isOutbox
      ? ({ kind: 'deferred', what: 'outbox', failures: [] } as const)
      : ({ kind: 'deferred', what: 'row', why } as const);
    await advance(ports, await ports.tasks.read(taskId), fact);
    return true;
  } catch (cause) {
    ports.log('error', 'sweep.setback', { taskId, why: `it cannot be put off: ${cause}` });
    return false;
  }
};
