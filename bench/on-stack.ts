import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, type StackOptions, startStack } from '../local/stack.ts';
import { errorMessage } from '../shared/core/error-message.ts';

/** A stack that only one bench uses. */
export interface BenchStack {
  readonly stack: Stack;
  /** Its folder. It is deleted with the stack. */
  readonly dir: string;
  readonly signal: AbortSignal;
}

/**
 * Runs a bench on a new local stack, and ends the stack, its folder and this process. `optionsIn` gets the folder. Exit code 1 after
 * an error, which is printed; 130 when a person has stopped the bench.
 */
export const runOnStack = (
  optionsIn: (dir: string) => Pick<StackOptions, 'imagesDir' | 'faults'>,
  bench: (one: BenchStack) => Promise<void>,
): void => {
  const abort = new AbortController();
  // A second Ctrl-C changes nothing: everything is being stopped already, which takes a few seconds.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () =>
      abort.abort(new Error('The bench was stopped; nothing is left running.')),
    );
  }
  withStack(optionsIn, bench, abort.signal).then(
    () => process.exit(0),
    (cause: unknown) => {
      const { aborted, reason } = abort.signal;
      const why: unknown = aborted ? reason : cause;
      process.stderr.write(`${errorMessage(why)}\n`);
      process.exit(aborted ? 130 : 1);
    },
  );
};

const withStack = async (
  optionsIn: (dir: string) => Pick<StackOptions, 'imagesDir' | 'faults'>,
  bench: (one: BenchStack) => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'davit-bench-'));
  const log = (line: string): boolean => process.stderr.write(`${line}\n`);
  try {
    const stack = await startStack({ dir, log, signal, ...optionsIn(dir) });
    try {
      await bench({ stack, dir, signal });
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};
