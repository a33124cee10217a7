import { type DueKind, due } from '../../shared/core/due.ts';
import { present } from '../../shared/core/present.ts';
import type { Phase, Task } from '../../shared/core/task.ts';
import { isEnded } from '../../shared/core/task.ts';
import type { InPhase, Saved, Tasks } from '../../shared/ports.ts';

/** A table for many rows, which updates its indexes at each write: the tests' memory table would sort all rows for each page. */
export interface BenchTable extends Tasks {
  readonly put: (task: Task) => void;
  readonly row: (taskId: string) => Task | undefined;
  readonly unended: () => number;
}

/** An empty table. Time never goes back, so the order of writes is that of `updatedAt`, the order of the index. */
export const benchTable = (): BenchTable => {
  const rows = new Map<string, Task>();
  const writes = new Map<string, number>();
  let written = 0;
  const phases = new Map<Phase, Map<string, Task>>();
  const times = new Map<DueKind, Map<string, number>>();
  let unended = 0;

  const forget = (task: Task): void => {
    phases.get(task.phase)?.delete(task.taskId);
    for (const ofKind of times.values()) ofKind.delete(task.taskId);
    if (!isEnded(task)) unended -= 1;
  };

  const put = (task: Task): void => {
    const was = rows.get(task.taskId);
    if (was) forget(was);
    rows.set(task.taskId, task);
    written += 1;
    writes.set(task.taskId, written);
    within(phases, task.phase).set(task.taskId, task);
    const next = due(task);
    if (next) within(times, next.kind).set(task.taskId, next.at);
    if (!isEnded(task)) unended += 1;
  };

  const write = (task: Task, isAllowed: boolean): Saved => {
    if (!isAllowed) return { kind: 'lost', winner: rows.get(task.taskId) };
    put(task);
    return { kind: 'saved' };
  };

  return {
    put,
    row: (taskId) => rows.get(taskId),
    unended: () => unended,
    read: async (taskId) => rows.get(taskId),
    create: async (task) => write(task, !rows.has(task.taskId)),
    save: async (next, was) => write(next, rows.get(was.taskId)?.revision === was.revision),
    due: async (kind, by, limit) =>
      [...(times.get(kind) ?? [])]
        .filter(([, at]) => at <= by)
        .sort(([, a], [, b]) => a - b)
        .slice(0, limit)
        .map(([taskId]) => taskId),
    inPhase: async (phase, { after = '0', limit }) => {
      const isBehind = ({ taskId }: Task) => (writes.get(taskId) ?? 0) > Number(after);
      const found = firstOf(phases.get(phase)?.values() ?? [], limit, isBehind);
      const last = found.length < limit ? undefined : found.at(-1);
      const next = last ? { next: `${writes.get(last.taskId)}` } : {};
      return { rows: found.map(inPhaseOf), ...next };
    },
  };
};

const within = <K, V>(maps: Map<K, Map<string, V>>, name: K): Map<string, V> => {
  const found = maps.get(name) ?? new Map<string, V>();
  maps.set(name, found);
  return found;
};

const firstOf = <T>(all: Iterable<T>, most: number, isMeant: (one: T) => boolean): readonly T[] => {
  const found: T[] = [];
  for (const one of all) {
    if (isMeant(one)) found.push(one);
    if (found.length === most) break;
  }
  return found;
};

const inPhaseOf = (task: Task): InPhase => ({
  taskId: task.taskId,
  run: task.run,
  ...present({
    ecsTaskArn: 'ecsTaskArn' in task ? task.ecsTaskArn : undefined,
    isMissed: ('missingSince' in task && task.missingSince !== undefined) || undefined,
  }),
});
