import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, type StackOptions, startStack } from '../local/stack.ts';
import { errorMessage } from '../shared/core/error-message.ts';

/** A bench on a local stack, and how its stack is started. */
export interface StackBench extends Pick<StackOptions, 'imagesDir' | 'faults'> {
  readonly bench: (stack: Stack, signal: AbortSignal) => Promise<void>;
}

/**
 * Runs a bench on a new local stack, and ends the stack, its folder and this process. `open` gets the folder, and may throw a
 * sentence. Exit code 1 after an error, which is printed; 130 when a person has stopped the bench.
 */
export const runOnStack = (open: (dir: string) => StackBench): void => {
  const abort = new AbortController();
  // A second Ctrl-C changes nothing: everything is being stopped already, which takes a few seconds.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () =>
      abort.abort(new Error('The bench was stopped; nothing is left running.')),
    );
  }
  runIn(open, abort.signal).then(
    () => process.exit(0),
    (cause: unknown) => {
      const { aborted, reason } = abort.signal;
      const why: unknown = aborted ? reason : cause;
      process.stderr.write(`${errorMessage(why)}\n`);
      process.exit(aborted ? 130 : 1);
    },
  );
};

const runIn = async (open: (dir: string) => StackBench, signal: AbortSignal): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'davit-bench-'));
  const log = (line: string): boolean => process.stderr.write(`${line}\n`);
  try {
    const { bench, ...options } = open(dir);
    const stack = await startStack({ dir, log, signal, ...options });
    try {
      await bench(stack, signal);
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};
