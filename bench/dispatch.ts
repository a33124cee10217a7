import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Stack } from '../local/stack.ts';
import { measure } from './measure.ts';
import { numberGiven } from './numbers.ts';
import { runOnStack, type StackBench } from './on-stack.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const readOptions = (): { readonly tasks: number; readonly rate: number } => {
  const { values } = parseArgs({
    options: { tasks: { type: 'string', default: '200' }, rate: { type: 'string', default: '5' } },
  });
  return {
    tasks: Math.trunc(numberGiven('--tasks', values.tasks, 10_000)),
    rate: numberGiven('--rate', values.rate, 1000),
  };
};

/** Measures on the local stack how long a message waits until RunTask is called for it, with steady messages and with a burst. */
const openBench = (): StackBench => {
  const { tasks, rate } = readOptions();
  const bench = async ({ addresses }: Stack, signal: AbortSignal): Promise<void> => {
    const run = async (name: string, gapMs: number): Promise<object> => {
      // Ten times the time that two free cores need.
      const withinMs = 60_000 + tasks * (gapMs + 1_000);
      return await measure(addresses, { name, tasks, gapMs, withinMs, signal });
    };
    // The first invocation starts the function's process, which is not part of the measurement.
    await run('warm', 0);
    const rows = [await run('steady', 1000 / rate), await run('burst', 0)];
    console.table(rows);
    console.info(
      `on ${availableParallelism()} cores; if they were busy with other work, read the medians`,
    );
  };
  return { imagesDir: join(root, '.davit', 'images'), bench };
};

runOnStack(openBench);
