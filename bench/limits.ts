import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Stack } from '../local/stack.ts';
import { mostRunning } from '../shared/core/limit.ts';
import { writeShellTool } from '../test/kit/shell-tool.ts';
import { livingScript } from './limits/living.ts';
import { type LimitLoad, type LimitOutcome, measureLimit } from './limits/measure.ts';
import { seenWrites } from './limits/seen-writes.ts';
import { unitsOf, unitsOfPartition } from './limits/write-units.ts';
import { numberGiven } from './numbers.ts';
import { runOnStack, type StackBench } from './on-stack.ts';

const readOptions = (): LimitLoad & { readonly runMs: number } => {
  const { values } = parseArgs({
    options: {
      'tasks-per-second': { type: 'string', default: '20' },
      seconds: { type: 'string', default: '300' },
      'max-running': { type: 'string', default: '50' },
      tenants: { type: 'string', default: '5' },
      'run-ms': { type: 'string', default: '4000' },
    },
  });
  const whole = (name: keyof typeof values, most: number): number =>
    Math.trunc(numberGiven(`--${name}`, values[name], most));
  return {
    tasksPerSecond: numberGiven('--tasks-per-second', values['tasks-per-second'], 100),
    seconds: whole('seconds', 3_600),
    maxRunning: whole('max-running', mostRunning),
    tenants: whole('tenants', 1_000),
    runMs: whole('run-ms', 600_000),
  };
};

/**
 * Measures on the local stack whether a limit holds while tasks come at a steady rate, and what its item costs. What runs at once is
 * counted by the file that the tool itself writes. Throws when the limit was exceeded, or the item costs more than a partition has.
 */
const openBench = (dir: string): StackBench => {
  const { runMs, ...load } = readOptions();
  const imagesDir = join(dir, 'images');
  const file = join(dir, 'living');
  // A shell script, because two cores start hardly more than twenty short processes a second.
  writeShellTool(imagesDir, join(dir, 'starts'), livingScript(file, runMs));
  const { onCall, writes } = seenWrites('#limit/echo');

  const bench = async ({ addresses }: Stack, signal: AbortSignal): Promise<void> => {
    const { item, ...outcome } = await measureLimit({ addresses, file, writes, signal }, load);
    console.table([{ ...load, runMs }]);
    console.table(outcome);
    console.table(item);
    console.info(sentences({ item, ...outcome }, load).join('\n'));
    if (item.unitsASecond > unitsOfPartition)
      throw new Error(
        `The item may cost ${unitsOfPartition} write units a second, but costs ${item.unitsASecond}.`,
      );
  };
  return { imagesDir, faults: { onCall }, bench };
};

const sentences = (
  { item, endedASecond, mostAtOnce, loadAverage }: LimitOutcome,
  { maxRunning }: LimitLoad,
): readonly string[] => {
  const each = unitsOf(item.largestItemBytes);
  const arithmetic = [2, 3].map((writes) => Math.round(writes * endedASecond * each));
  return [
    `the most runs at once, by the tool's own file: ${mostAtOnce} of ${maxRunning}`,
    `write units of #limit/echo: ${item.unitsASecond} a second, of the ${unitsOfPartition} of a partition; by the arithmetic of docs/limits.md, without lost races, 2 to 3 writes × ${endedASecond} tasks × ${each} units = ${arithmetic.join(' to ')}`,
    `${endedASecond} tasks a second came to their end on ${availableParallelism()} cores, at a load average of ${loadAverage}`,
  ];
};

runOnStack(openBench);
