import { isoOf } from '../time.ts';
import type { Container, EcsTask } from './task.ts';
import type {
  Attachment,
  ContainerView,
  EcsTaskDetail,
  EcsTaskView,
  TaskFields,
} from './task-view.ts';

/** A task as RunTask, StopTask and DescribeTasks say it: epoch seconds, `ElasticNetworkInterface`. */
export const viewOf = (task: EcsTask, options: { readonly tags: boolean }): EcsTaskView => ({
  ...fieldsOf(task, (epochMs) => epochMs / 1000, 'ElasticNetworkInterface'),
  platformFamily: 'Linux',
  healthStatus: 'UNKNOWN',
  ...(options.tags ? { tags: task.tags } : {}),
});

/** What the replay of a token says of a task that has stopped (ECS guide, idempotency). */
export const thinViewOf = ({ arn, lastStatus, desiredStatus }: EcsTask): EcsTaskView => ({
  taskArn: arn,
  lastStatus,
  desiredStatus,
});

/** A task as events say it: ISO times, `eni`, no tags, no health (ECS guide, task state change events). */
export const detailOf = (task: EcsTask): EcsTaskDetail => ({
  ...fieldsOf(task, isoOf, 'eni'),
  updatedAt: isoOf(task.updatedAt),
});

const fieldsOf = <Time>(
  task: EcsTask,
  time: (epochMs: number) => Time,
  eniType: string,
): TaskFields<Time> => ({
  attachments: [attachmentOf(task, eniType)],
  attributes: [{ name: 'ecs.cpu-architecture', value: task.architecture ?? 'x86_64' }],
  availabilityZone: task.availabilityZone,
  ...(task.byStrategy ? { capacityProviderName: task.provider } : {}),
  clusterArn: task.clusterArn,
  ...(task.connectivityAt === undefined
    ? {}
    : { connectivity: 'CONNECTED', connectivityAt: time(task.connectivityAt) }),
  containers: task.containers.map((each) => containerViewOf(task, each)),
  cpu: task.cpu,
  createdAt: time(task.createdAt),
  desiredStatus: task.desiredStatus,
  enableExecuteCommand: task.enableExecuteCommand,
  ephemeralStorage: { sizeInGiB: task.diskGiB ?? 20 },
  group: task.group,
  lastStatus: task.lastStatus,
  launchType: 'FARGATE',
  memory: task.memory,
  overrides: task.overrides,
  platformVersion: task.platformVersion,
  ...(task.startedBy === undefined ? {} : { startedBy: task.startedBy }),
  ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
  ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
  ...timesOf(task, time),
  taskArn: task.arn,
  taskDefinitionArn: task.definitionArn,
  version: task.version,
});

/** The address is known once the interface is attached; mind the spelling, `IPv4` here. */
const attachmentOf = ({ eni }: EcsTask, type: string): Attachment => {
  const subnet = { name: 'subnetId', value: eni.subnetId };
  const details =
    eni.status === 'PRECREATED'
      ? [subnet]
      : [
          subnet,
          { name: 'networkInterfaceId', value: eni.networkInterfaceId },
          { name: 'macAddress', value: eni.macAddress },
          {
            name: 'privateDnsName',
            value: `ip-${eni.privateIPv4Address.replaceAll('.', '-')}.ec2.internal`,
          },
          { name: 'privateIPv4Address', value: eni.privateIPv4Address },
        ];
  return { id: eni.id, type, status: eni.status, details };
};

const containerViewOf = (task: EcsTask, container: Container): ContainerView => {
  const { id, lastStatus, exitCode, reason, memory } = container;
  const taskPath = task.arn.slice(task.arn.indexOf(':task/') + ':task/'.length);
  const address = { attachmentId: task.eni.id, privateIpv4Address: task.eni.privateIPv4Address };
  return {
    containerArn: `${task.arn.slice(0, task.arn.indexOf(':task/'))}:container/${taskPath}/${id}`,
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    lastStatus,
    ...(lastStatus === 'PENDING'
      ? {}
      : { runtimeId: `${taskPath.slice(taskPath.indexOf('/') + 1)}-${id.slice(0, 10)}` }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason }),
    networkInterfaces: task.eni.status === 'PRECREATED' ? [] : [address],
    cpu: container.cpu,
    ...(memory === undefined ? {} : { memory }),
  };
};

const timeNames = [
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'stoppingAt',
  'executionStoppedAt',
  'stoppedAt',
] as const;

const timesOf = <Time>(
  task: EcsTask,
  time: (epochMs: number) => Time,
): { readonly [K in (typeof timeNames)[number]]?: Time } => {
  const times: { [K in (typeof timeNames)[number]]?: Time } = {};
  for (const name of timeNames) {
    const epochMs = task[name];
    if (epochMs !== undefined) times[name] = time(epochMs);
  }
  return times;
};
