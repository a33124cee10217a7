import { filledCommand, fixedCommand } from './command.ts';
import { fargateFault } from './fargate.ts';
import type { Request } from './request.ts';
import type { LaunchOrder, Queued } from './task.ts';
import { runName } from './task.ts';
import type { Placement, Release, ToolSpec } from './tool.ts';
import { hostKindOf, isSpot } from './tool.ts';

/** Where runs are launched: the same for every task of a deployment. */
export interface Site {
  readonly cluster: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** ECS capacity provider of each placement that this deployment has. */
  readonly providers: Readonly<Partial<Record<Placement, string>>>;
}

/** The name of our container in every task definition; others may be injected by AWS. */
export const containerName = 'tool';

/** RunTask takes no more than this many characters of overrides, JSON syntax included (ECS API reference). */
export const mostOverrides = 8192;

/** What goes into a launch besides row, release and site. `sha256` gives hex. */
export interface LaunchChoice {
  readonly release: Release;
  readonly placement: Placement;
  /** JSON text. */
  readonly input: string;
  readonly site: Site;
  readonly now: number;
  readonly sha256: (text: string) => string;
}

/** The RunTask call of a queued row's next run. Undefined when the release or the site has nothing for that placement. */
export const launchOrder = (task: Queued, choice: LaunchChoice): LaunchOrder | undefined => {
  const { release, placement, site, now } = choice;
  const taskDefinition = release.definitions[hostKindOf(placement)];
  const capacityProvider = site.providers[placement];
  const command = commandOf(release.spec, choice.input);
  if (taskDefinition === undefined || capacityProvider === undefined || 'fault' in command) {
    return undefined;
  }
  const startedBy = runName(task.taskId, task.run);
  return {
    cluster: site.cluster,
    taskDefinition,
    capacityProvider,
    subnets: site.subnets,
    securityGroups: site.securityGroups,
    assignPublicIp: false,
    environment: environmentOf(task, release, choice.input),
    ...command,
    ...sizeOf(task, release.spec),
    startedBy,
    clientToken: choice.sha256(startedBy),
    intendedAt: now,
  };
};

/** The `overrides` of a RunTask call, in the shape and key order in which they are sent. */
export const overridesOf = (
  order: Pick<LaunchOrder, 'environment' | 'command' | 'cpu' | 'memoryMiB'>,
) => ({
  containerOverrides: [
    {
      name: containerName,
      ...(order.command === undefined ? {} : { command: [...order.command] }),
      environment: Object.entries(order.environment).map(([name, value]) => ({ name, value })),
      ...(order.cpu === undefined ? {} : { cpu: order.cpu }),
      ...(order.memoryMiB === undefined ? {} : { memory: order.memoryMiB }),
    },
  ],
  ...(order.cpu === undefined ? {} : { cpu: String(order.cpu) }),
  ...(order.memoryMiB === undefined ? {} : { memory: String(order.memoryMiB) }),
});

/** Where the next run goes: on after a refusal or a start that took too long, off Spot once it was reclaimed, and after trouble of the platform where it was. */
export const nextPlacement = (
  task: Pick<Queued, 'runs' | 'reclaims'>,
  spec: ToolSpec,
): Placement => {
  const [first = 'cpu', ...others] = spec.placements;
  const steady = [first, ...others].filter((placement) => !isSpot(placement));
  const list = task.reclaims > 0 && steady.length > 0 ? steady : [first, ...others];
  const last = task.runs.at(-1);
  if (last?.verdict === 'platform' && list.includes(last.placement)) return last.placement;
  const moveOn = last?.verdict === 'capacity' || last?.verdict === 'startTimeout';
  const at = moveOn ? list.indexOf(last.placement) + 1 : 0;
  return list[at % list.length] ?? first;
};

/** Why a request cannot be a task of this tool, in a sentence for its publisher; undefined when it can. */
export const objectionTo = (taskId: string, request: Request, spec: ToolSpec): string | undefined =>
  tooMuch('cpu', 'CPU units', { asked: request.cpu, own: spec.cpu, most: spec.maxCpu }) ??
  tooMuch('memoryMiB', 'MiB', {
    asked: request.memoryMiB,
    own: spec.memoryMiB,
    most: spec.maxMemoryMiB,
  }) ??
  noSuchSize(request, spec) ??
  misfit(taskId, request, spec);

type Command = { readonly command?: readonly string[] } | { readonly fault: string };

// One that needs nothing of the input stands in the definition (aws/definition-call.ts).
const commandOf = ({ command }: ToolSpec, input: string): Command =>
  command === undefined || fixedCommand(command) ? {} : filledCommand(command, input);

type Asking = Pick<Queued, 'taskId' | 'run' | 'attempts' | 'tool'>;

const environmentOf = (task: Asking, { version, spec }: Release, input: string) => ({
  DAVIT_TASK_ID: task.taskId,
  DAVIT_RUN: String(task.run),
  DAVIT_ATTEMPT: String(task.attempts + 1),
  DAVIT_TOOL: task.tool,
  DAVIT_VERSION: version,
  DAVIT_INPUT: input,
  DAVIT_TIMEOUT_S: String(Math.ceil(spec.timeoutMs / 1000)),
});

const sizeOf = (task: Queued, spec: ToolSpec): Pick<LaunchOrder, 'cpu' | 'memoryMiB'> => {
  const { askedCpu, askedMemoryMiB, memoryDoubled } = task;
  if (askedCpu === undefined && askedMemoryMiB === undefined && !memoryDoubled) return {};
  const memoryMiB = (askedMemoryMiB ?? spec.memoryMiB) * (memoryDoubled ? 2 : 1);
  return { cpu: askedCpu ?? spec.cpu, memoryMiB };
};

const tooMuch = (
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

// Only where the message asks for a size: that of the spec was checked with tools.yml.
const noSuchSize = ({ cpu, memoryMiB }: Request, spec: ToolSpec): string | undefined => {
  if (cpu === undefined && memoryMiB === undefined) return undefined;
  if (spec.placements.every((placement) => hostKindOf(placement) !== 'fargate')) return undefined;
  const fault = fargateFault(cpu ?? spec.cpu, memoryMiB ?? spec.memoryMiB);
  return fault && `${fault}: ask for a cpu and memoryMiB that go together`;
};

// The longest that a row can make of what is not known before its launch.
const longest = {
  run: 999_999_999,
  attempts: 999_998,
  version: 'v'.repeat(64),
  timeoutMs: 1e12,
  size: 999_999,
};

const misfit = (taskId: string, request: Request, spec: ToolSpec): string | undefined => {
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
    : `input must fit into ${mostOverrides} characters of ECS overrides with everything else, but comes to ${length}: put it into S3 and pass its URL`;
};
