import { type DueKind, outboxDue, ownDue } from '../../shared/core/due.ts';
import type { Task } from '../../shared/core/task.ts';
import type { InPhase, Saved, Tasks } from '../../shared/ports.ts';
import { iso } from '../../shared/wire/stored-time.ts';

/** The task table as a map, open to the eyes of a test. */
export interface MemoryTasks extends Tasks {
  readonly rows: () => readonly Task[];
  /** A row as if it had been there all along. */
  readonly put: (task: Task) => void;
  /** The next write of this row is refused as one that the table cannot hold. */
  readonly refuse: (taskId: string, why: string) => void;
}

/** An empty table. Rows are copied in and out, as a table does. */
export const memoryTasks = (): MemoryTasks => {
  const rows = new Map<string, Task>();
  const refusals = new Map<string, string>();

  const copy = (task: Task | undefined): Task | undefined => task && structuredClone(task);

  const write = (task: Task, allowed: boolean): Saved => {
    const why = refusals.get(task.taskId);
    refusals.delete(task.taskId);
    if (why !== undefined) return { kind: 'invalid', why };
    if (!allowed) return { kind: 'lost', winner: copy(rows.get(task.taskId)) };
    rows.set(task.taskId, structuredClone(task));
    return { kind: 'saved' };
  };

  const dueAt = (task: Task, kind: DueKind): number | undefined => {
    const found = [ownDue(task), outboxDue(task)].find((one) => one?.kind === kind);
    return found?.at;
  };

  return {
    rows: () => structuredClone([...rows.values()]),
    put: (task) => void rows.set(task.taskId, structuredClone(task)),
    refuse: (taskId, why) => void refusals.set(taskId, why),
    read: async (taskId) => copy(rows.get(taskId)),
    create: async (task) => write(task, !rows.has(task.taskId)),
    save: async (next, was) => write(next, rows.get(was.taskId)?.revision === was.revision),
    due: async (kind, by, limit) =>
      [...rows.values()]
        .map((task) => ({ taskId: task.taskId, at: dueAt(task, kind) ?? Number.POSITIVE_INFINITY }))
        .filter(({ at }) => at <= by)
        .sort((a, b) => a.at - b.at)
        .slice(0, limit)
        .map(({ taskId }) => taskId),
    inPhase: async (phase, { after = '', limit }) => {
      const found = [...rows.values()]
        .filter((task) => task.phase === phase && placeOf(task) > after)
        .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
        .slice(0, limit);
      const last = found.length < limit ? undefined : found.at(-1);
      return { rows: found.map(inPhaseOf), ...(last ? { next: placeOf(last) } : {}) };
    },
  };
};

const placeOf = ({ updatedAt, taskId }: Task): string => `${iso(updatedAt)} ${taskId}`;

const inPhaseOf = (task: Task): InPhase => {
  const arn = 'ecsTaskArn' in task ? task.ecsTaskArn : undefined;
  const isMissed = 'missingSince' in task && task.missingSince !== undefined;
  return {
    taskId: task.taskId,
    run: task.run,
    ...(arn === undefined ? {} : { ecsTaskArn: arn }),
    ...(isMissed ? { isMissed } : {}),
  };
};
