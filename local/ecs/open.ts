import { join } from 'node:path';
import type { EcsOptions } from '../../models/ecs/options.ts';
import type { TaskKeys } from '../endpoint/task-keys.ts';
import type { Faults } from '../endpoint/watch.ts';
import type { BusEvent } from '../events/router.ts';
import { childFolder } from '../machine/children.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { AwsService } from '../service.ts';
import type { ParameterStore } from '../ssm/open.ts';
import { awsAccount } from '../template/aws-account.ts';
import { ecsApi } from './api.ts';
import { type EcsEngine, openEcsEngine } from './engine.ts';
import type { EcsPlan } from './plan.ts';
import { agentRuntime } from './runtime/agent-runtime.ts';
import { findCgroup } from './runtime/cgroups.ts';
import { whatEscapes } from './runtime/enclosures.ts';
import type { EngineSettings } from './runtime/engine/engine-settings.ts';
import { spread } from './runtime/runtime.ts';
import { withSecrets } from './runtime/secret-values.ts';
import { withTaskRoles } from './runtime/task-role.ts';

/** ECS, and what tests and the local IAM use of its engine. */
export type Ecs = AwsService & Pick<EcsEngine, 'reclaim' | 'setAvailability' | 'definition'>;

/** Opens ECS with the tasks and definitions that it held. Agents run the containers. */
export const openEcs = (parts: {
  readonly plan: EcsPlan;
  /** The folder of the stack. */
  readonly dir: string;
  readonly imagesDir: string;
  /** Absent when containers are processes. */
  readonly engine: EngineSettings | undefined;
  readonly registry: string;
  readonly taskKeys: TaskKeys;
  readonly parameters: ParameterStore;
  readonly secrets: Secrets;
  readonly endpointUrl: () => string;
  readonly emit: (event: BusEvent) => void;
  /** Called when a container has written to its log stream. */
  readonly logged: (group: string, stream: string) => void;
  readonly faults: Faults;
  readonly log: (line: string) => void;
}): Ecs => {
  const { dir, imagesDir, engine, registry, parameters, secrets, endpointUrl, faults, log } = parts;
  const cgroup = engine === undefined ? findCgroup() : undefined;
  const warning = engine === undefined ? whatEscapes(cgroup, process.platform) : undefined;
  if (warning !== undefined) log(warning);
  // An engine starts containers by itself, so one agent has time for all of them.
  const kinds = engine === undefined ? ['containers-1', 'containers-2'] : ['containers-1'];
  const agents = kinds.map((kind) =>
    agentRuntime(
      {
        imagesDir,
        registry,
        logsDir: join(dir, 'logs'),
        childrenDir: childFolder(dir, kind),
        scratchDir: join(dir, 'scratch'),
        path: process.env.PATH ?? '',
        cgroup,
        engine,
      },
      { logged: parts.logged },
    ),
  );
  const ecs = openEcsEngine({
    path: join(dir, 'ecs.jsonl'),
    options: { ...optionsOf(parts.plan), ...faults.ecs },
    runtime: withTaskRoles(
      { keys: parts.taskKeys, endpointUrl, region: awsAccount.region },
      withSecrets({ parameters, secrets }, spread(agents)),
    ),
    emit: (event) => {
      if (faults.loseEcsEvents !== true) parts.emit(event);
    },
    log,
  });
  const { reclaim, setAvailability, definition, stop } = ecs;
  return { api: ecsApi(ecs), reclaim, setAvailability, definition, stop };
};

/** A task runs within half a second here instead of half a minute. Reads lag and events overtake each other as at AWS. */
const optionsOf = ({ cluster }: EcsPlan): Partial<EcsOptions> => ({
  account: awsAccount.account,
  region: awsAccount.region,
  clusters: [cluster],
  delaysMs: {
    provisioning: [50, 150],
    pending: [50, 150],
    activating: [10, 50],
    stopAsked: [10, 50],
    deactivating: [10, 50],
    stopping: [10, 50],
    deprovisioning: [50, 150],
  },
  readLagMs: [0, 100],
  eventDelayMs: [0, 100],
  privateIPv4Address: '127.0.0.1',
});
