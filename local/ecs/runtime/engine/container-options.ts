import type { ContainerCreateOptions, ImageInspectInfo } from 'dockerode';
import { present } from '../../../../shared/core/present.ts';
import type { Start } from '../run-names.ts';
import type { EngineSettings } from './engine-settings.ts';
import { labelsOf, nameOf } from './labels.ts';

/** A run cannot take the process numbers of the machine. Node needs a dozen. */
const mostProcesses = 1024;

/** The user and the group that own no files, where an image would run as root. */
const unprivileged = '65534:65534';

/** What a container is made with: what ECS would give to it, and what isolates it (docs/decisions/0017). Nothing of this machine is mounted. */
export const containerOptions = (
  order: Start,
  image: ImageInspectInfo,
  { stack, cpus, architecture }: EngineSettings,
): ContainerCreateOptions => {
  const memory = order.memoryMiB * 1024 * 1024;
  return {
    name: nameOf(order, stack),
    Image: image.Id,
    ...present({ Cmd: order.command && [...order.command] }),
    Env: Object.entries(order.environment).map(([name, value]) => `${name}=${value}`),
    User: userOf(image),
    Labels: { ...labelsOf(order, stack) },
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      Memory: memory,
      // Memory and swap together: no swap.
      MemorySwap: memory,
      ...(order.cpu > 0 ? { NanoCpus: Math.round(Math.min(order.cpu / 1024, cpus) * 1e9) } : {}),
      PidsLimit: mostProcesses,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
      // As the task definitions of Davit ask for it: without it a program would ignore a SIGTERM for which it has no handler.
      // But init gives a program that the system cannot execute to a shell. An image of another architecture has to fail instead.
      Init: ['', architecture].includes(image.Architecture),
      NetworkMode: 'none',
      // The output goes to the local log service. A copy of the engine could fill the disk.
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no' },
    },
  };
};

const userOf = ({ Config: { User: user = '' } }: ImageInspectInfo): string =>
  /^(root|0*)(:|$)/.test(user) ? unprivileged : user;
