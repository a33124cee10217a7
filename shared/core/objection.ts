import { fargateFault } from './fargate.ts';
import { commandOf, environmentOf, mostOverrides, overridesOf } from './launch-order.ts';
import type { Request } from './request.ts';
import { lasting } from './times.ts';
import type { ToolSpec } from './tool.ts';
import { hostKindOf } from './tool.ts';

/** Why a request cannot be a task of this tool, in a sentence for the publisher; undefined where it can. */
export const objectionTo = (taskId: string, request: Request, spec: ToolSpec): string | undefined =>
  boundsFault('cpu', 'CPU units', { asked: request.cpu, own: spec.cpu, most: spec.maxCpu }) ??
  boundsFault('memoryMiB', 'MiB', {
    asked: request.memoryMiB,
    own: spec.memoryMiB,
    most: spec.maxMemoryMiB,
  }) ??
  sizeFault(request, spec) ??
  timeoutFault(request, spec) ??
  lengthFault(taskId, request, spec);

const boundsFault = (
  field: string,
  unit: string,
  {
    asked,
    own,
    most,
  }: { readonly asked: number | undefined; readonly own: number; readonly most: number },
): string | undefined =>
  asked === undefined || (asked >= own && asked <= most)
    ? undefined
    : `${field} must be from ${own} to ${most} ${unit} for this tool, but the message asks for ${asked}: ask for less, or raise the tool's bounds in tools.yml`;

// Only where the message asks for a size: the size in the spec was checked with tools.yml.
const sizeFault = ({ cpu, memoryMiB }: Request, spec: ToolSpec): string | undefined => {
  if (cpu === undefined && memoryMiB === undefined) return undefined;
  if (spec.placements.every((placement) => hostKindOf(placement) !== 'fargate')) return undefined;
  const fault = fargateFault(cpu ?? spec.cpu, memoryMiB ?? spec.memoryMiB);
  return fault && `${fault}: ask for a cpu and memoryMiB that go together`;
};

const timeoutFault = ({ timeoutMs }: Request, spec: ToolSpec): string | undefined =>
  timeoutMs === undefined || timeoutMs <= spec.timeoutMs
    ? undefined
    : `timeout may be at most ${lasting(spec.timeoutMs)} for this tool, but the message asks for ${lasting(timeoutMs)}: ask for less, or raise the tool's timeout in tools.yml`;

// The longest values that a row can have where they are not known before its launch.
const longest = {
  run: 999_999_999,
  attempts: 999_998,
  version: 'v'.repeat(64),
  timeoutMs: 1e12,
  size: 999_999,
};

const lengthFault = (taskId: string, request: Request, spec: ToolSpec): string | undefined => {
  const task = { taskId, run: longest.run, attempts: longest.attempts, tool: request.tool };
  const release = {
    tool: request.tool,
    version: longest.version,
    definitions: {},
    spec: { ...spec, timeoutMs: longest.timeoutMs },
  };
  const command = commandOf(spec, request.input);
  if ('fault' in command) return command.fault;
  const environment = environmentOf(task, release, request.input);
  const size = { cpu: longest.size, memoryMiB: longest.size };
  const length = JSON.stringify(overridesOf({ environment, ...command, ...size })).length;
  return length <= mostOverrides
    ? undefined
    : `input and everything else must fit into ${mostOverrides} characters of ECS overrides, but they have ${length}: put the input into S3 and pass its URL`;
};
