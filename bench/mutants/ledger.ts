import type { Learnt } from './request.ts';

/** What is known so far of the faults in places that tests execute. */
export interface Ledger {
  /** The numbers of those that no test has noticed. */
  readonly left: ReadonlySet<number>;
  /** The test that noticed a fault, by the fault's number. */
  readonly killers: ReadonlyMap<number, string>;
  /** The first test that notices a fault stays. */
  readonly kill: (fault: number, by: string) => void;
}

/** Nothing is noticed yet. */
export const newLedger = (learnt: readonly Learnt[]): Ledger => {
  const left = new Set<number>();
  for (const { tests, outside } of learnt) {
    for (const hits of [outside, ...tests.map((test) => test.hits)]) {
      for (const n of hits) left.add(n);
    }
  }
  const killers = new Map<number, string>();
  return {
    left,
    killers,
    kill: (fault, by) => {
      if (left.delete(fault)) killers.set(fault, by);
    },
  };
};
