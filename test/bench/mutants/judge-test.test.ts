import { afterEach, describe, expect, test, vi } from 'vitest';
import { judgeTest, type Verdict } from '../../../bench/mutants/judge-test.ts';
import { newSwitches, type Switches } from '../../../bench/mutants/switches.ts';

interface Judged {
  readonly started: readonly number[];
  readonly verdicts: readonly Verdict[];
  readonly goesOn: boolean;
}

/** Judges these faults by a test, which has passed before without any. */
const judged = async (
  faults: readonly number[],
  body: (switches: Switches) => void | Promise<void>,
): Promise<Judged> => {
  const switches = newSwitches();
  const repeat = async (): Promise<void> => body(switches);
  await repeat();
  const started: number[] = [];
  const verdicts: Verdict[] = [];
  const goesOn = await judgeTest({ repeat, taken: switches.taken(), ms: 1 }, faults, {
    switches,
    onStart: (fault) => void started.push(fault),
    onVerdict: (verdict) => void verdicts.push(verdict),
  });
  return { started, verdicts, goesOn };
};

const failIf = (isWrong: boolean): void => {
  if (isWrong) throw new Error('noticed');
};

afterEach(() => {
  vi.useRealTimers();
});

describe('a test that is repeated with one fault after the other', () => {
  test('kills those that make it fail, and says nothing of the others', async () => {
    const { verdicts, goesOn } = await judged([1, 2], ({ isAwake }) => {
      isAwake(1);
      failIf(isAwake(2));
    });
    expect(verdicts).toEqual([{ kind: 'killed', fault: 2 }]);
    expect(goesOn).toBe(true);
  });

  test('is not repeated for a fault that it does not execute', async () => {
    const { started } = await judged([1, 2, 3], ({ isAwake }) => {
      if (isAwake(2)) isAwake(3);
    });
    expect(started).toEqual([2]);
  });

  test('kills a fault that makes a loop endless, even where its error is caught', async () => {
    const { verdicts } = await judged([1], ({ isAwake }) => {
      try {
        while (isAwake(1));
      } catch {}
    });
    expect(verdicts).toEqual([{ kind: 'killed', fault: 1 }]);
  });

  test('takes a fault for killed with which it never ends, and judges no more', async () => {
    vi.useFakeTimers();
    const judging = judged([1, 2], ({ isAwake }) => {
      isAwake(2);
      return isAwake(1) ? new Promise(() => undefined) : undefined;
    });
    await vi.advanceTimersByTimeAsync(60_000);
    const { verdicts, goesOn } = await judging;
    expect(verdicts).toEqual([{ kind: 'late', fault: 1 }]);
    expect(goesOn).toBe(false);
  });

  test('judges no more when it fails without any fault, as an earlier call may be the reason', async () => {
    let left = 0;
    const { verdicts, started, goesOn } = await judged([1, 2, 3], ({ isAwake }) => {
      left += isAwake(1) ? 1 : 0;
      isAwake(2);
      isAwake(3);
      failIf(left > 0);
    });
    expect(verdicts).toEqual([{ kind: 'doubtful', fault: 1 }]);
    expect(started).toEqual([1]);
    expect(goesOn).toBe(false);
  });
});
