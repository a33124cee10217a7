import { parseArgs } from 'node:util';
import { errorMessage } from '../shared/core/error-message.ts';
import { measureCancels } from './crowds/cancels.ts';
import { measureHeld } from './crowds/held.ts';
import type { Measured } from './crowds/measured.ts';
import { measureRedrives } from './crowds/redrives.ts';
import { numberGiven } from './numbers.ts';

/**
 * Measures what crowds cost, and whether their neighbours notice: many redrives, held rows or cancels at once. The real functions run
 * in virtual time over the models of AWS and RabbitMQ, so that it measures the design and not the machine.
 */
const bench = async (): Promise<void> => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { redrives: text, held: text, cancels: text, each: text, seed: text },
  });
  const number = (name: 'redrives' | 'held' | 'cancels' | 'each' | 'seed', most: number): number =>
    Math.trunc(numberGiven(`--${name}`, values[name] ?? '1', most));
  const seed = number('seed', 1_000_000);
  const wanted: (() => Promise<Measured>)[] = [];
  if (values.redrives !== undefined)
    wanted.push(() => measureRedrives(number('redrives', 10_000), seed));
  if (values.held !== undefined) wanted.push(() => measureHeld(number('held', 200_000), seed));
  if (values.cancels !== undefined)
    wanted.push(() => measureCancels(number('cancels', 20_000), seed, number('each', 100)));
  if (wanted.length === 0)
    throw new Error('Say what to measure: --redrives 1000, --held 100000 or --cancels 10000.');
  const faults: string[] = [];
  for (const one of wanted) {
    const measured = await one();
    console.table(measured.figures);
    faults.push(...measured.faults);
  }
  if (faults.length > 0) throw new Error(`${faults.join('; ')}.`);
};

bench().catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
