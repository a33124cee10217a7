import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startStack } from '../local/stack.ts';
import { errorMessage } from '../shared/core/error-message.ts';
import { measure } from './measure.ts';
import { numberGiven } from './numbers.ts';

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
const bench = async (signal: AbortSignal): Promise<void> => {
  const { tasks, rate } = readOptions();
  const dir = await mkdtemp(join(tmpdir(), 'davit-bench-'));
  const log = (line: string): boolean => process.stderr.write(`${line}\n`);
  try {
    const stack = await startStack({ dir, imagesDir: join(root, '.davit', 'images'), log, signal });
    try {
      const run = async (name: string, gapMs: number): Promise<object> => {
        // Ten times the time that two free cores need.
        const withinMs = 60_000 + tasks * (gapMs + 1_000);
        return await measure(stack.addresses, { name, tasks, gapMs, withinMs, signal });
      };
      // The first invocation starts the function's process, which is not part of the measurement.
      await run('warm', 0);
      const rows = [await run('steady', 1000 / rate), await run('burst', 0)];
      console.table(rows);
      console.info(
        `on ${availableParallelism()} cores; if they were busy with other work, read the medians`,
      );
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};

const abort = new AbortController();
// A second Ctrl-C changes nothing: everything is being stopped already, which takes a few seconds.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => abort.abort(new Error('The bench was stopped; nothing is left running.')));
}
bench(abort.signal).then(
  () => process.exit(0),
  (cause: unknown) => {
    const { aborted, reason } = abort.signal;
    const why: unknown = aborted ? reason : cause;
    process.stderr.write(`${errorMessage(why)}\n`);
    process.exit(aborted ? 130 : 1);
  },
);
