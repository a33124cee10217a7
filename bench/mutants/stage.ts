import type { Judge } from './judge-process.ts';
import type { Ledger } from './ledger.ts';

/** What every stage of a run works with. */
export interface Stage {
  readonly judges: readonly Judge[];
  readonly ledger: Ledger;
  readonly print: (line: string) => void;
}

/** To be called after each of `total` steps. It prints the sums now and then, and after the last step. */
export const showProgress = (
  what: string,
  total: number,
  { ledger: { killers, left }, print }: Stage,
): (() => void) => {
  let done = 0;
  let printedAt = 0;
  return () => {
    done += 1;
    const now = Date.now();
    if (now - printedAt < everyMs && done < total) return;
    printedAt = now;
    print(`${what}, ${done} of ${total}: ${killers.size} killed, ${left.size} left`);
  };
};

const everyMs = 10_000;
