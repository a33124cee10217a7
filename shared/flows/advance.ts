import type { Fact } from '../core/fact.ts';
import { step } from '../core/step.ts';
import type { Task } from '../core/task.ts';
import { UnwritableRow } from '../core/unreadable.ts';
import type { Clock, Tasks } from '../ports.ts';

/** What became of a row that was told a fact. `task` is the row as it now stands in the table. */
export type Advance =
  | { readonly kind: 'moved'; readonly task: Task; readonly from: Task | undefined }
  | { readonly kind: 'ignored'; readonly task: Task | undefined; readonly why: string }
  | { readonly kind: 'invalid'; readonly why: string };

/** Two writers can lose to each other a few times; this often means that something is wrong with the table. */
const mostLosses = 25;

/** Tells a row a fact and writes what follows; `invalid` is for new rows alone, an old one throws UnwritableRow. Who loses the race to another writer reads the winner and steps again. */
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
  `The table refuses what row ${taskId} should become: ${why}`;
