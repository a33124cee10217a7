import { waitsForGate } from '../core/gate.ts';
import { limitOfHold } from '../core/limit-name.ts';
import type { Task } from '../core/task.ts';
import type { Clock, Gates, Tasks } from '../ports.ts';
import { closeFor } from './closing.ts';

/** A write that took longer than this is followed by a second touch: the process may have been frozen between the two. */
const slowMs = 60_000;

/**
 * The table, where a gate is written before a row is held by it, and closed before the refusal of a run is written: a crash
 * between the two leaves a gate without rows, and never a row whose doorbell is not rung.
 */
export const gatedTasks = (
  tasks: Tasks,
  { gates, clock }: { readonly gates: Gates; readonly clock: Clock },
): Tasks => {
  const gated = async <Answer>(next: Task, write: () => Promise<Answer>): Promise<Answer> => {
    const by = gateOf(next);
    if (by === undefined) return write();
    const began = clock.now();
    await gates.touch(by);
    const saved = await write();
    if (clock.now() - began > slowMs) await gates.touch(by, true);
    return saved;
  };
  return {
    ...tasks,
    create: (task) => gated(task, () => tasks.create(task)),
    save: async (next, was) => {
      const last = next.runs.at(-1);
      if (last !== undefined && last.run !== was.runs.at(-1)?.run)
        await closeFor({ gates, clock }, last);
      return gated(next, () => tasks.save(next, was));
    },
  };
};

/** Undefined for a row that waits for a place: a limit has an item of its own, and hands its places out itself. */
const gateOf = (task: Task): string | undefined => {
  if (task.phase !== 'QUEUED' || task.hold === undefined || !waitsForGate(task)) return undefined;
  const { by } = task.hold;
  return limitOfHold(by) === undefined ? by : undefined;
};
