import { present } from '../present.ts';
import type { ContainerDefinition, EcsOverrides, EcsTaskDefinition } from './definition.ts';
import { isFargate } from './definition-input.ts';
import { arnOf, clusterNameOf } from './names.ts';
import type { RunTaskInput } from './run-task-input.ts';
import type { Container, EcsTask, Eni } from './task.ts';
import { drawHexId, type Turn } from './turn.ts';

/** A checked request; `tokenKey` is undefined when the caller gave no token. */
export interface Launch {
  readonly input: RunTaskInput;
  readonly clusterArn: string;
  readonly definition: EcsTaskDefinition;
  readonly tokenKey: string | undefined;
}

/** A task at its first version, in PROVISIONING, with random ids and a random address. */
export const newTask = (turn: Turn, asked: Launch, provider: string): EcsTask => {
  const { input, clusterArn, definition } = asked;
  const { options } = turn.state;
  const main = mainOf(definition.containerDefinitions);
  const subnets = input.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const at = Math.floor(turn.rng() * subnets.length);
  return {
    arn: arnOf(options, `task/${clusterNameOf(clusterArn)}/${drawHexId(turn, 32)}`),
    clusterArn,
    definitionArn: definition.taskDefinitionArn,
    family: definition.family,
    ...labelsOf(asked),
    provider,
    byStrategy: (input.capacityProviderStrategy ?? []).length > 0,
    platformVersion: platformVersionOf(input),
    ...sizeOf(asked),
    ...machineOf(definition),
    overrides: overridesOf(turn, asked),
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    availabilityZone: `${options.region}${'abc'[at % 3] ?? 'a'}`,
    eni: eniOf(turn, subnets[at] ?? ''),
    containers: containersOf(turn, asked),
    main: main?.name ?? '',
    mainIs: 'not ordered',
    stopTimeoutMs: stopTimeoutS(main, isFargate(definition)) * 1000,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 1,
    dueAt: null,
    createdAt: turn.now,
    updatedAt: turn.now,
  };
};

/** The override's size, else the definition's; on Fargate the definition always has one. */
export const sizeOf = ({
  input,
  definition,
}: Launch): {
  readonly cpu: string;
  readonly memory: string;
} => {
  const { cpu = definition.cpu ?? '', memory = definition.memory ?? '' } = input.overrides ?? {};
  return { cpu, memory };
};

/** The main container is the first essential one; the runtime starts only this one, and the others end with it. */
const mainOf = (containers: readonly ContainerDefinition[]): ContainerDefinition | undefined =>
  containers.find((each) => each.essential !== false) ?? containers[0];

const labelsOf = ({ input, definition, tokenKey }: Launch) => {
  const { group = `family:${definition.family}`, startedBy = '', tags = [] } = input;
  return {
    group,
    tags: tags.map(({ key, value = '' }) => ({ key, value })),
    ...present({ startedBy: startedBy === '' ? undefined : startedBy, tokenKey }),
  };
};

const platformVersionOf = ({ platformVersion = 'LATEST' }: RunTaskInput): string =>
  platformVersion === 'LATEST' ? '1.4.0' : platformVersion;

const machineOf = ({ ephemeralStorage, runtimePlatform }: EcsTaskDefinition) =>
  present({
    diskGiB: ephemeralStorage?.sizeInGiB,
    architecture: runtimePlatform?.cpuArchitecture?.toLowerCase(),
  });

/** ECS lists every container of the task; one without an override has only its name (ECS guide, task state change events). */
const overridesOf = (turn: Turn, { input, definition }: Launch): EcsOverrides => {
  const given = input.overrides?.containerOverrides ?? [];
  const sidecar = turn.state.options.sidecar;
  const names = definition.containerDefinitions.map((each) => each.name);
  const { cpu, memory, taskRoleArn } = input.overrides ?? {};
  return {
    containerOverrides: [
      ...(sidecar === undefined ? [] : [{ name: sidecar }]),
      ...names.map((name) => given.find((each) => each.name === name) ?? { name }),
    ],
    ...present({ taskRoleArn, cpu, memory }),
  };
};

const eniOf = (turn: Turn, subnetId: string): Eni => {
  const { privateIPv4Address } = turn.state.options;
  const host = () => 4 + Math.floor(turn.rng() * 250);
  return {
    id: drawHexId(turn, 32),
    status: 'PRECREATED',
    subnetId,
    networkInterfaceId: `eni-${drawHexId(turn, 17)}`,
    macAddress: (`0e${drawHexId(turn, 10)}`.match(/../g) ?? []).join(':'),
    privateIPv4Address: privateIPv4Address ?? `10.0.${host()}.${host()}`,
  };
};

const containersOf = (turn: Turn, { definition }: Launch): readonly Container[] => {
  const sidecar = turn.state.options.sidecar;
  const injected: readonly ContainerDefinition[] =
    sidecar === undefined ? [] : [{ name: sidecar, image: `${sidecar}:latest`, memory: 128 }];
  return [...injected, ...definition.containerDefinitions].map(({ name, image, cpu, memory }) => ({
    id: drawHexId(turn, 32),
    name,
    image,
    cpu: name === sidecar ? 'null' : String(cpu ?? 0),
    ...present({ memory: memory === undefined ? undefined : String(memory) }),
    lastStatus: 'PENDING',
  }));
};

/** Seconds from SIGTERM to SIGKILL: the default, and the maximum on Fargate (ECS guide, Fargate Spot). */
const defaultStopTimeoutS = 30;
const maxStopTimeoutS = 120;

const stopTimeoutS = (main: ContainerDefinition | undefined, fargate: boolean): number => {
  const asked = main?.stopTimeout ?? defaultStopTimeoutS;
  return fargate ? Math.min(asked, maxStopTimeoutS) : asked;
};
