import * as v from 'valibot';
import { fargateCpus } from '../core/fargate.ts';
import type { ExitRule, Placement } from '../core/tool.ts';
import { durationMsOf, durationText } from './duration.ts';
import { isExitCode, type Range, toolRanges } from './ranges.ts';
import { fault, map, value, whole } from './tools-value.ts';

/** A length of time in a range, read as milliseconds. `todo`: see `fault`. */
export const duration = ({ least, most }: Range, todo: string) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, number>(({ dataset, addIssue, NEVER }) => {
      const ms = typeof dataset.value === 'string' ? durationMsOf(dataset.value) : undefined;
      if (ms === undefined || ms < least || ms > most) {
        const expected = `a length of time from ${durationText(least)} to ${durationText(most)}, like 90s, 15m or 6h`;
        addIssue({ message: fault(expected, dataset.value, todo) });
        return NEVER;
      }
      return ms;
    }),
  );

/** CPU units. */
export const cpu = value<number>(
  (input) => typeof input === 'number' && fargateCpus.includes(input),
  `CPU units as Fargate has them (${fargateCpus.join(', ')}; 1024 are one vCPU)`,
  'write e.g. `cpu: 1024`',
);

/** Memory. */
export const memoryMiB = whole(
  toolRanges.memoryMiB,
  'write MiB without a unit, e.g. `memoryMiB: 2048`',
);

const laterPlacements: readonly unknown[] = ['gpu', 'gpu-spot'];

const placement = v.custom<Placement>(
  (input) => input === 'cpu' || input === 'cpu-spot',
  ({ input }) =>
    laterPlacements.includes(input)
      ? `${input} comes with a later version (there are no GPU hosts yet); remove it until then`
      : fault('cpu or cpu-spot', input, 'write e.g. `placements: [cpu-spot, cpu]`'),
);

/** Placements, the preferred one first. */
export const placements = v.pipe(
  v.array(placement, ({ input }) =>
    fault(
      'a list of placements, the preferred one first',
      input,
      'write e.g. `placements: [cpu-spot, cpu]`',
    ),
  ),
  v.check(
    (list) => list.length > 0 && new Set(list).size === list.length,
    'expected at least one placement, and none twice; write e.g. `placements: [cpu]`',
  ),
);

/** The waits before the next attempts, in milliseconds. */
export const delays = v.pipe(
  v.array(
    duration(toolRanges.delayMs, 'a delay is the wait before the next attempt'),
    ({ input }) => fault('a list of delays', input, 'write e.g. `delays: [10s, 1m, 5m]`'),
  ),
  v.check(
    (list) => list.length >= toolRanges.delays.least && list.length <= toolRanges.delays.most,
    `expected ${toolRanges.delays.least} to ${toolRanges.delays.most} delays (the last one repeats); write e.g. \`delays: [10s, 1m, 5m]\``,
  ),
);

const exitRule = value<ExitRule>(
  (input) => input === 'succeed' || input === 'retry' || input === 'fail',
  'succeed, retry or fail',
  'write e.g. `3: fail`',
);

/** Rules by exit code. */
export const exitCodes = v.pipe(
  map((input) => fault('rules by exit code', input, 'write e.g. `exitCodes: { 3: fail }`')),
  v.record(
    v.custom<string>(
      (key) => typeof key === 'string' && isExitCode(key),
      ({ input }) =>
        fault('an exit code from 1 to 255', input, 'exit 0 always means that the tool succeeded'),
    ),
    exitRule,
  ),
);

/** How many runs may live at the same time. `of`: of whom. */
export const running = (of: string) =>
  v.custom<number>(
    (input) =>
      typeof input === 'number' &&
      Number.isInteger(input) &&
      input >= toolRanges.running.least &&
      input <= toolRanges.running.most,
    ({ input }) => fault(expectedRunning, input, whatToDo(input, of)),
  );

const expectedRunning = `a whole number from ${toolRanges.running.least} to ${toolRanges.running.most}`;

const whatToDo = (input: unknown, of: string): string => {
  if (input === 0)
    return 'a limit of 0 would start nothing: to start nothing for a while, pause the tool (its SSM parameter `paused`)';
  if (typeof input === 'number' && input > toolRanges.running.most)
    return 'every start and every end of a run writes the list of all that run, and DynamoDB takes only so many writes of one item: remove the key, or divide the tool into several';
  return `it is the most runs of ${of} at the same time`;
};

/** Whether a long run may be lost on Spot capacity. */
export const acceptReclaim = value<boolean>(
  (input) => typeof input === 'boolean',
  'true or false',
  'write `acceptReclaim: true` when a long run may be lost and started again',
);

/** Whether the reply waits for the tool's result. */
export const result = value<boolean>(
  (input) => typeof input === 'boolean',
  'true or false',
  'write `result: true` when the reply must have the DAVIT_RESULT of the tool',
);

/** Whether a run that was out of memory is tried once more with double memory. */
export const doubleMemory = value<boolean>(
  (input) => typeof input === 'boolean',
  'true or false',
  'write `doubleMemory: true` when a run that was out of memory may get twice as much once',
);
