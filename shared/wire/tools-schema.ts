import * as v from 'valibot';
import { fargateFault } from '../core/fargate.ts';
import { isSpot } from '../core/tool.ts';
import { durationText } from './duration.ts';
import { toolRanges } from './ranges.ts';
import { architecture, command, diskGiB, environment, image, secrets } from './tools-container.ts';
import {
  acceptReclaim,
  cpu,
  delays,
  doubleMemory,
  duration,
  exitCodes,
  memoryMiB,
  placements,
  result,
  running,
} from './tools-run.ts';
import { whole } from './tools-value.ts';

const hour = 3_600_000;

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
  maxRunning: v.optional(running('the tool')),
  maxPerTenant: v.optional(running('one tenant')),
  // 30 s is ECS's default.
  stopTimeout: v.optional(
    duration(toolRanges.stopTimeoutMs, 'it is the time between SIGTERM and SIGKILL'),
    '30s',
  ),
  exitCodes: v.optional(exitCodes, {}),
  result: v.optional(result, false),
  doubleMemory: v.optional(doubleMemory, false),
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
      [['maxRunning'], ['maxPerTenant']],
      (tool) => tool.maxPerTenant === undefined || tool.maxRunning !== undefined,
      'it needs maxRunning too, because the runs of a tool are counted as one list; write e.g. `maxRunning: 100`',
    ),
    ['maxPerTenant'],
  ),
  v.forward(
    v.partialCheck(
      [['maxRunning'], ['maxPerTenant']],
      ({ maxRunning = 0, maxPerTenant = 0 }) => maxRunning === 0 || maxPerTenant <= maxRunning,
      ({ input }) =>
        `expected at most maxRunning (${input.maxRunning}), but ${input.maxPerTenant} came; lower it`,
    ),
    ['maxPerTenant'],
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
        `a run may last ${durationText(input.timeout)}, and Spot capacity can be reclaimed at any time; ` +
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
