import * as v from 'valibot';
import { fargateCpus, fargateFault } from '../core/fargate.ts';
import { type ExitRule, isSpot, type Placement } from '../core/tool.ts';
import { durationMsOf, durationText } from './duration.ts';
import { isExitCode, type Range, toolRanges } from './ranges.ts';
import { architecture, command, diskGiB, environment, image, secrets } from './tools-container.ts';
import { fault, map, value, whole } from './tools-value.ts';

const hour = 3_600_000;

const duration = ({ least, most }: Range, todo: string) =>
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

const cpu = value<number>(
  (input) => typeof input === 'number' && fargateCpus.includes(input),
  `CPU units as Fargate has them (${fargateCpus.join(', ')}; 1024 are one vCPU)`,
  'write e.g. `cpu: 1024`',
);

const memoryMiB = whole(toolRanges.memoryMiB, 'write MiB without a unit, e.g. `memoryMiB: 2048`');

const laterPlacements: readonly unknown[] = ['gpu', 'gpu-spot'];

const placement = v.custom<Placement>(
  (input) => input === 'cpu' || input === 'cpu-spot',
  ({ input }) =>
    laterPlacements.includes(input)
      ? `${input} comes with a later version (there are no GPU hosts yet); remove it until then`
      : fault('cpu or cpu-spot', input, 'write e.g. `placements: [cpu-spot, cpu]`'),
);

const placements = v.pipe(
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

const delays = v.pipe(
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

const exitCodes = v.pipe(
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

const acceptReclaim = value<boolean>(
  (input) => typeof input === 'boolean',
  'true or false',
  'write `acceptReclaim: true` when a long run may be lost and started again',
);

const shape = v.object({
  image,
  cpu,
  memoryMiB,
  maxCpu: v.optional(cpu),
  maxMemoryMiB: v.optional(memoryMiB),
  placements,
  acceptReclaim: v.optional(acceptReclaim, false),
  timeout: v.optional(duration(toolRanges.timeoutMs, 'it bounds a run, from its start'), '1h'),
  startTimeout: v.optional(
    duration(toolRanges.startTimeoutMs, 'it bounds a run from accepted to running'),
    '15m',
  ),
  startWithin: v.optional(
    duration(toolRanges.startWithinMs, 'it bounds a task from queued to running'),
    '24h',
  ),
  attempts: v.optional(
    whole(toolRanges.attempts, 'it counts the runs that may fail because of the tool'),
    3,
  ),
  delays: v.optional(delays, ['10s', '1m', '5m', '15m']),
  reclaims: v.optional(whole(toolRanges.reclaims, 'it counts the runs that AWS may take back'), 5),
  // 30 s is ECS's default.
  stopTimeout: v.optional(
    duration(toolRanges.stopTimeoutMs, 'it is the time between SIGTERM and SIGKILL'),
    '30s',
  ),
  exitCodes: v.optional(exitCodes, {}),
  command: v.optional(command),
  environment: v.optional(environment, {}),
  secrets: v.optional(secrets, {}),
  diskGiB: v.optional(diskGiB),
  architecture: v.optional(architecture),
});

/** The keys of a tool, with the rules for single keys and for several keys together. */
export const toolSchema = v.pipe(
  shape,
  v.forward(
    v.partialCheck(
      [['cpu'], ['maxCpu']],
      (tool) => tool.maxCpu === undefined || tool.maxCpu >= tool.cpu,
      ({ input }) => `expected at least cpu (${input.cpu}), but ${input.maxCpu} came; raise it`,
    ),
    ['maxCpu'],
  ),
  v.forward(
    v.partialCheck(
      [['memoryMiB'], ['maxMemoryMiB']],
      (tool) => tool.maxMemoryMiB === undefined || tool.maxMemoryMiB >= tool.memoryMiB,
      ({ input }) =>
        `expected at least memoryMiB (${input.memoryMiB}), but ${input.maxMemoryMiB} came; raise it`,
    ),
    ['maxMemoryMiB'],
  ),
  v.forward(
    v.partialCheck(
      [['cpu'], ['memoryMiB']],
      (tool) => sizeFault(tool) === undefined,
      ({ input }) => `${sizeFault(input)}; choose one of these`,
    ),
    ['memoryMiB'],
  ),
  v.forward(
    v.partialCheck(
      [['environment'], ['secrets']],
      (tool) => inBoth(tool).length === 0,
      ({ input }) =>
        `${inBoth(input).join(', ')} is also in environment; remove it from one of the two`,
    ),
    ['secrets'],
  ),
  v.forward(
    v.partialCheck(
      [['placements'], ['timeout'], ['acceptReclaim']],
      (tool) => tool.timeout <= hour || tool.acceptReclaim || !tool.placements.some(isSpot),
      ({ input }) =>
        `a run may last ${durationText(input.timeout)}, and Spot capacity can be taken back at any time; ` +
        'write `acceptReclaim: true` if it may be started again, remove cpu-spot, or set timeout to 1h or less',
    ),
    ['placements'],
  ),
);

type Shape = v.InferOutput<typeof shape>;

const sizeFault = (tool: Pick<Shape, 'cpu' | 'memoryMiB'>): string | undefined =>
  fargateFault(tool.cpu, tool.memoryMiB);

const inBoth = ({ environment, secrets }: Pick<Shape, 'environment' | 'secrets'>) =>
  Object.keys(secrets).filter((name) => Object.hasOwn(environment, name));
