import type { Endpoint } from './effect.ts';
import type { LaunchOrder } from './launch-order.ts';
import { present } from './present.ts';
import type { Request } from './request.ts';
import type { Hold } from './task-parts.ts';
import type { Release } from './tool.ts';

// A part of a fact may have more fields than its type says. A row gets only the fields that are named here.

/** What a row keeps of an endpoint. */
export const endpointOf = ({ host, port, protocol }: Endpoint): Endpoint => ({
  host,
  port,
  protocol,
});

/** What a row keeps of a request, beside its tool and its input. */
export const askedOf = (request: Omit<Request, 'tool' | 'input'>) => ({
  tenant: request.tenant,
  ...present({
    askedVersion: request.version,
    askedCpu: request.cpu,
    askedMemoryMiB: request.memoryMiB,
    askedTimeoutMs: request.timeoutMs,
    askedNotBefore: request.notBefore,
    groupName: request.group,
  }),
});

/** What a row keeps of a hold. */
export const holdOf = ({ by, cause, why, since, opensAt }: Hold): Hold => ({
  by,
  why,
  since,
  ...present({ cause, opensAt }),
});

/** What a row keeps of a release. */
export const releaseOf = ({ tool, version, imageDigest, definitions, spec }: Release): Release => ({
  tool,
  version,
  definitions,
  spec,
  ...present({ imageDigest }),
});

/** What a row keeps of a launch order: everything that is sent. */
export const orderOf = (order: LaunchOrder): LaunchOrder => ({
  cluster: order.cluster,
  taskDefinition: order.taskDefinition,
  capacityProvider: order.capacityProvider,
  subnets: order.subnets,
  securityGroups: order.securityGroups,
  assignPublicIp: order.assignPublicIp,
  environment: order.environment,
  ...present({ command: order.command, cpu: order.cpu, memoryMiB: order.memoryMiB }),
  startedBy: order.startedBy,
  clientToken: order.clientToken,
  intendedAt: order.intendedAt,
});
