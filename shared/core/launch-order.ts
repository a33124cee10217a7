import { filledCommand, fixedCommand } from './command.ts';
import { doubledSize } from './double-memory.ts';
import { present } from './present.ts';
import { runName } from './run-name.ts';
import type { Placement, Release, ToolSpec } from './tool.ts';
import { hostKindOf } from './tool.ts';

/** The RunTask call of a run. It is saved before it is sent, and every repetition sends the same bytes. */
export interface LaunchOrder {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly capacityProvider: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** The tool's command with the input's values in it. */
  readonly command?: readonly string[];
  readonly cpu?: number;
  readonly memoryMiB?: number;
  readonly startedBy: string;
  readonly clientToken: string;
  readonly intendedAt: number;
}

/** Where runs are launched: the same for every task of a deployment. */
export interface Site {
  readonly cluster: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** ECS capacity provider of each placement that this deployment has. */
  readonly providers: Readonly<Partial<Record<Placement, string>>>;
}

/** The name of our container in every task definition. AWS may add other containers. */
export const containerName = 'tool';

/** The most characters of overrides that RunTask accepts, JSON syntax included (ECS API reference). */
export const mostOverrides = 8192;

/** What the environment of a run names of its row. */
interface NamedRow {
  readonly taskId: string;
  readonly run: number;
  readonly attempts: number;
  readonly tool: string;
}

/** What a launch order is made from in the row. */
interface OrderedRow extends NamedRow {
  readonly askedCpu?: number;
  readonly askedMemoryMiB?: number;
  readonly memoryDoubled?: boolean;
}

/** What a launch order is made from, besides the row. `sha256` returns hex. */
export interface LaunchChoice {
  readonly release: Release;
  readonly placement: Placement;
  /** JSON text. */
  readonly input: string;
  readonly site: Site;
  readonly now: number;
  readonly sha256: (text: string) => string;
}

/**
 * The RunTask call of a queued row's next run. Undefined when the release has no task definition for the placement, when
 * the site has no capacity provider for it, or when the input cannot fill the command.
 */
export const launchOrder = (task: OrderedRow, choice: LaunchChoice): LaunchOrder | undefined => {
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
      ...present({ command: order.command && [...order.command] }),
      environment: Object.entries(order.environment).map(([name, value]) => ({ name, value })),
      ...present({ cpu: order.cpu, memory: order.memoryMiB }),
    },
  ],
  ...present({ cpu: order.cpu?.toString(), memory: order.memoryMiB?.toString() }),
});

/** The command of a run, where it is not in the task definition, or why the input cannot fill it. */
export type Command = { readonly command?: readonly string[] } | { readonly fault: string };

/** The tool's command filled with the input. A command without placeholders is in the task definition (aws/definition-call.ts). */
export const commandOf = ({ command }: ToolSpec, input: string): Command =>
  command === undefined || fixedCommand(command) ? {} : filledCommand(command, input);

/** The environment of a run. */
export const environmentOf = (task: NamedRow, { version, spec }: Release, input: string) => ({
  DAVIT_TASK_ID: task.taskId,
  DAVIT_RUN: String(task.run),
  DAVIT_ATTEMPT: String(task.attempts + 1),
  DAVIT_TOOL: task.tool,
  DAVIT_VERSION: version,
  DAVIT_INPUT: input,
  DAVIT_TIMEOUT_S: String(Math.ceil(spec.timeoutMs / 1000)),
});

const sizeOf = (task: OrderedRow, spec: ToolSpec): Pick<LaunchOrder, 'cpu' | 'memoryMiB'> => {
  const { askedCpu, askedMemoryMiB, memoryDoubled } = task;
  if (askedCpu === undefined && askedMemoryMiB === undefined && !memoryDoubled) return {};
  const doubled = memoryDoubled ? doubledSize(task, spec) : undefined;
  return doubled && !('fault' in doubled)
    ? doubled
    : { cpu: askedCpu ?? spec.cpu, memoryMiB: askedMemoryMiB ?? spec.memoryMiB };
};
