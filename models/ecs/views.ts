import { present } from '../present.ts';
import { isoOf } from '../time.ts';
import type { Container, EcsTask } from './task.ts';
import type {
  Attachment,
  ContainerView,
  EcsTaskDetail,
  EcsTaskView,
  TaskFields,
} from './task-view.ts';

/** A task as RunTask, StopTask and DescribeTasks show it: with epoch seconds and `ElasticNetworkInterface`. */
export const viewOf = (task: EcsTask, options: { readonly tags: boolean }): EcsTaskView => ({
  ...fieldsOf(task, (epochMs) => epochMs / 1000, 'ElasticNetworkInterface'),
  platformFamily: 'Linux',
  healthStatus: 'UNKNOWN',
  ...present({ tags: options.tags ? task.tags : undefined }),
});

/** A stopped task in the answer to a repeated token (ECS guide, idempotency). */
export const thinViewOf = ({ arn, lastStatus, desiredStatus }: EcsTask): EcsTaskView => ({
  taskArn: arn,
  lastStatus,
  desiredStatus,
});

/** A task as events show it: with ISO times and `eni`, without tags and health (ECS guide, task state change events). */
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
  clusterArn: task.clusterArn,
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
  ...present({
    capacityProviderName: task.byStrategy ? task.provider : undefined,
    connectivity: task.connectivityAt === undefined ? undefined : 'CONNECTED',
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
  }),
  ...timesOf(task, time),
  taskArn: task.arn,
  taskDefinitionArn: task.definitionArn,
  version: task.version,
});

/** The address is known once the interface is attached. AWS writes `privateIPv4Address` here, but `privateIpv4Address` in containers. */
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
    ...present({
      runtimeId:
        lastStatus === 'PENDING'
          ? undefined
          : `${taskPath.slice(taskPath.indexOf('/') + 1)}-${id.slice(0, 10)}`,
      exitCode,
      reason,
      memory,
    }),
    networkInterfaces: task.eni.status === 'PRECREATED' ? [] : [address],
    cpu: container.cpu,
  };
};

const timeNames = [
  'connectivityAt',
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
