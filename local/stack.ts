import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Addresses } from './addresses.ts';
import { type Broker, openBroker } from './broker.ts';
import { childFolders, endLeftovers } from './children.ts';
import { type Cloud, openCloud } from './cloud.ts';
import type { Ecs } from './ecs.ts';
import { openEndpoint, type Protocol } from './endpoint/server.ts';
import type { Faults } from './endpoint/watch.ts';
import { writeWhole } from './files.ts';
import { lockFolder } from './lock.ts';
import type { LogStore } from './logs.ts';
import { type Package, packageOf } from './package.ts';
import { pinFirstVersions, provideParameters } from './pins.ts';
import { startQueueMapping } from './queue-mapping.ts';
import { type Schedule, scheduledEvent, startSchedules } from './schedule.ts';
import { type Credentials, openUsers } from './secrets.ts';
import { openTeardown, type Teardown } from './teardown.ts';
import { place, stage } from './template/place.ts';
import { type Plan, planOf } from './template/plan.ts';
import { resolveTemplate } from './template/resolve.ts';
import type { Resolved } from './template/types.ts';
import { textAt } from './template/types.ts';
import { startTrigger } from './trigger/trigger.ts';

export type { Faults, SeenCall } from './endpoint/watch.ts';

/** How a stack is started. */
export type StackOptions = {
  /** Folder of all state; it is made when it does not exist. */
  readonly dir: string;
  /** Port of the AWS endpoint; 0, and absent, take a free one. */
  readonly port?: number;
  /** Folder of the local images; absent, it is `images` below `dir`. */
  readonly imagesDir?: string;
  readonly log: (line: string) => void;
  readonly faults?: Faults;
  /** Gives up a start that is under way. */
  readonly signal?: AbortSignal;
};

/** A running stack. */
export type Stack = {
  readonly addresses: Addresses;
  readonly rabbit: Pick<Broker, 'stop' | 'start'> & { readonly admin: () => Credentials };
  readonly ecs: Pick<Ecs, 'reclaim' | 'setAvailability'>;
  readonly invoke: Cloud['functions']['invoke'];
  readonly logs: LogStore;
  /** Ends everything in reverse order; no process is left. */
  readonly stop: () => Promise<void>;
};

const root = fileURLToPath(new URL('..', import.meta.url));

const accessKey = { accessKeyId: 'AKIALOCALDAVIT000000', secretAccessKey: 'local' };

/** The parameters whose values only this machine knows; the template has defaults for all others. */
const resolved = (made: Package, broker: Broker): Resolved =>
  resolveTemplate(
    made.template,
    { BrokerUrl: broker.amqpUrl(), BrokerManagementUrl: broker.managementUrl() },
    place,
  );

const parameter = (of: Resolved, name: string): string =>
  textAt(of.parameters[name], `Parameters.${name}`);

const secretsOf = (
  of: Resolved,
  users: { functions: Credentials; publisher: Credentials; admin: Credentials },
): ReadonlyMap<string, string> =>
  new Map([
    [parameter(of, 'BrokerSecretArn'), JSON.stringify(users.functions)],
    [parameter(of, 'PublisherSecretArn'), JSON.stringify(users.publisher)],
    [parameter(of, 'BrokerAdminSecretArn'), JSON.stringify(users.admin)],
  ]);

/** Runs a function of the deployment's own once, before anything flows. */
const runFirst = async (cloud: Cloud, name: string, event: object): Promise<string | undefined> => {
  const functionName = `${place.stackName}-${name}`;
  if (cloud.functions.find(functionName) === undefined) return undefined;
  const result = await cloud.functions.invoke(functionName, JSON.stringify(event));
  return result.ok ? undefined : `${functionName} failed: ${result.payload.slice(0, 2000)}`;
};

const schedulesOf = (plan: Plan): readonly Schedule[] =>
  plan.rules.flatMap(({ arn, when, targets }) =>
    targets.flatMap((target): Schedule[] =>
      when.kind === 'rate' && target.kind === 'function'
        ? [
            {
              ruleArn: arn,
              everyMs: when.everyMs,
              functionName: target.functionName,
              input: target.input,
            },
          ]
        : [],
    ),
  );

const startFlow = (
  plan: Plan,
  cloud: Cloud,
  parts: {
    broker: Broker;
    credentials: Credentials;
    teardown: Teardown;
    log: (line: string) => void;
  },
): void => {
  const { invoke } = cloud.functions;
  for (const mapping of plan.queueMappings) {
    const poller = startQueueMapping(mapping, {
      queues: cloud.queues,
      invoke,
      region: place.region,
    });
    parts.teardown.add(`poller of ${mapping.queueArn}`, poller.stop);
  }
  const schedules = startSchedules(schedulesOf(plan), { invoke, ...place, log: parts.log });
  parts.teardown.add('schedules', schedules.stop);
  for (const trigger of plan.triggers) {
    const consumer = startTrigger(trigger, {
      amqpUrl: parts.broker.amqpUrl,
      credentials: parts.credentials,
      invoke,
      log: parts.log,
    });
    parts.teardown.add(`trigger of ${trigger.queue}`, consumer.stop);
  }
};

const publisherUrl = (amqpUrl: string, { username, password }: Credentials): string =>
  amqpUrl.replace('://', `://${username}:${password}@`);

const start = async (options: StackOptions, teardown: Teardown): Promise<Stack> => {
  const { log, signal, faults = {} } = options;
  const dir = resolve(options.dir);
  teardown.add('lock', lockFolder(dir));
  for (const folder of Object.values(childFolders(dir))) {
    for (const ended of endLeftovers(folder)) log(`ended a leftover: ${ended}`);
  }

  const protocols: Protocol[] = [];
  const endpoint = await openEndpoint(options.port ?? 0, protocols);
  teardown.add('endpoint', endpoint.stop);
  const aws = `http://127.0.0.1:${endpoint.port}`;

  log('starting RabbitMQ …');
  const broker = await openBroker({ dir: join(dir, 'rabbitmq'), signal, log });
  teardown.add('RabbitMQ', broker.stop);
  const made = await packageOf(root, join(root, '.davit', 'package'), { log, signal });
  signal?.throwIfAborted();

  const template = resolved(made, broker);
  const plan = planOf(template);
  const users = openUsers(join(dir, 'secrets.json'));
  const cluster = parameter(template, 'ClusterName');
  const cloud = await openCloud({
    dir,
    imagesDir: options.imagesDir ?? join(dir, 'images'),
    plan,
    packageDir: made.dir,
    cluster,
    registry: parameter(template, 'Registry'),
    secrets: secretsOf(template, { ...users, admin: broker.admin() }),
    endpointUrl: () => aws,
    faults,
    teardown,
    log,
  });
  protocols.push(...cloud.protocols);
  signal?.throwIfAborted();

  provideParameters(cloud.parameters, plan.parameters);
  const pinned = pinFirstVersions(cloud.parameters, plan.parameters, cloud.images);
  if (pinned.length > 0) log(`pinned ${pinned.map((tool) => `${tool} 1.0.0`).join(', ')}`);
  log('declaring queues and users (topology) …');
  const broken = await runFirst(cloud, 'topology', {});
  if (broken !== undefined) throw new Error(broken);
  const unreleased = await runFirst(cloud, 'release', scheduledEvent('local-start', place));
  if (unreleased !== undefined) log(unreleased);
  signal?.throwIfAborted();
  startFlow(plan, cloud, { broker, credentials: users.functions, teardown, log });

  const addresses: Addresses = {
    aws,
    amqp: publisherUrl(broker.amqpUrl(), users.publisher),
    management: broker.managementUrl(),
    region: place.region,
    stage,
    table: textAt(plan.tables[0]?.input.TableName, 'TableName'),
    cluster,
    ...accessKey,
  };
  const file = join(dir, 'local.json');
  writeWhole(file, `${JSON.stringify(addresses, undefined, 2)}\n`);
  teardown.add('addresses', () => rmSync(file, { force: true }));
  return {
    addresses,
    rabbit: broker,
    ecs: cloud.ecs,
    invoke: cloud.functions.invoke,
    logs: cloud.logs,
    stop: teardown.run,
  };
};

/**
 * Starts the local stack: the bundles of this project, wired by its compiled template. Resolves when it is ready;
 * rejects with a sentence for a person, and has then ended all that it had started.
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const teardown = openTeardown(options.log);
  try {
    return await start(options, teardown);
  } catch (cause) {
    await teardown.run();
    throw cause;
  }
};
