import type { Switches, Taken } from './switches.ts';

/** What one repeated test says of one fault. Of a fault that passes unnoticed nothing is said. */
export interface Verdict {
  /**
   * `doubtful`: the test failed with the fault and then without it too, so an earlier call may have left something behind.
   * `late`: it did not end. After these two, nothing more may be judged in this thread.
   */
  readonly kind: 'killed' | 'doubtful' | 'late';
  readonly fault: number;
}

/** A test that has just passed without any fault. */
export interface JudgedTest {
  /** Runs the test once more; rejects when it fails. */
  readonly repeat: () => Promise<void>;
  /** What the test executed, and how long that took. */
  readonly taken: Taken;
  readonly ms: number;
}

/** How one thread judges. */
export interface Judging {
  readonly switches: Switches;
  /** Called before each repetition. */
  readonly onStart: (fault: number) => void;
  readonly onVerdict: (verdict: Verdict) => void;
}

/**
 * Repeats a test once for each of these faults that it executes, with the fault active, and once more without any fault
 * after each that it notices. Returns false when this thread can judge no further.
 */
export const judgeTest = async (
  { repeat, taken, ms }: JudgedTest,
  faults: Iterable<number>,
  { switches, onStart, onVerdict }: Judging,
): Promise<boolean> => {
  const mostMs = lateAfterMs + ms * slower;
  for (const fault of faults) {
    if (!taken.hits.has(fault)) continue;
    onStart(fault);
    switches.wake(fault, taken.calls * moreCalls + someCalls);
    const end = await endOf(repeat, mostMs);
    // A late test may still be at work: the fault stays active, so that it does not run on as a healthy one.
    if (end === 'late') {
      onVerdict({ kind: 'late', fault });
      return false;
    }
    const isEndless = switches.asleep();
    if (end === 'passed' && !isEndless) continue;
    const again = await endOf(repeat, mostMs);
    onVerdict({ kind: again === 'passed' ? 'killed' : 'doubtful', fault });
    if (again !== 'passed') return false;
  }
  return true;
};

/** A loop that a fault makes longer may end; one that takes this many times its calls is taken for endless. */
const moreCalls = 50;
const someCalls = 10_000;

/** A test that waits for something that never comes. The machine may be busy. */
const lateAfterMs = 10_000;
const slower = 20;

type End = 'passed' | 'failed' | 'late';

const endOf = async (run: () => Promise<void>, mostMs: number): Promise<End> => {
  const { promise, resolve } = Promise.withResolvers<End>();
  const timer = setTimeout(() => resolve('late'), mostMs);
  run().then(
    () => resolve('passed'),
    () => resolve('failed'),
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
};
