import type { Fact } from '../core/fact.ts';
import { step } from '../core/step.ts';
import type { Task } from '../core/task.ts';
import { UnwritableRow } from '../core/unreadable.ts';
import type { Clock, Tasks } from '../ports.ts';

/** The outcome of applying a fact to a row. `task` is the row as the table has it now. */
export type Advance =
  | { readonly kind: 'moved'; readonly task: Task; readonly from: Task | undefined }
  | { readonly kind: 'ignored'; readonly task: Task | undefined; readonly why: string }
  | { readonly kind: 'invalid'; readonly why: string };

/** A writer may lose a few races for a row. So many mean that something is wrong with the table. */
const mostLosses = 25;

/**
 * Applies a fact to a row and writes the row that follows. When another writer was faster, the fact is applied to its row
 * again. A new row that the table cannot hold is `invalid`; an existing one throws UnwritableRow.
 */
export const advance = async (
  { tasks, clock }: { readonly tasks: Tasks; readonly clock: Clock },
  from: Task | undefined,
  fact: Fact,
): Promise<Advance> => {
  let current = from;
  for (let losses = 0; losses < mostLosses; losses += 1) {
    const next = step(current, fact, clock.now());
    if (next.kind === 'ignored') return { kind: 'ignored', task: current, why: next.why };
    const saved = current ? await tasks.save(next.task, current) : await tasks.create(next.task);
    if (saved.kind === 'saved') return { kind: 'moved', task: next.task, from: current };
    if (saved.kind === 'invalid' && current) throw new UnwritableRow(refusal(current, saved.why));
    if (saved.kind === 'invalid') return saved;
    current = saved.winner;
  }
  throw new Error(
    `The row could not be written: another writer was faster ${mostLosses} times in a row.`,
  );
};

const refusal = ({ taskId }: Task, why: string): string =>
  `The table refuses the next revision of row ${taskId}: ${why}`;
