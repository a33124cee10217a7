import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Addresses } from './addresses.ts';
import { type Cloud, openCloud } from './cloud.ts';
import type { Ecs } from './ecs/ecs.ts';
import { openCredentials } from './endpoint/credentials.ts';
import { openOperatorKey } from './endpoint/operator-key.ts';
import { openEndpoint, type Protocol } from './endpoint/server.ts';
import { openTaskKeys } from './endpoint/task-keys.ts';
import type { Faults } from './endpoint/watch.ts';
import { scheduledEvent } from './events/schedule.ts';
import { runOnce, startFlow } from './flow.ts';
import type { LogStore } from './logs/log-store.ts';
import { endAllLeftovers } from './machine/children.ts';
import { writeWhole } from './machine/files.ts';
import { lockFolder } from './machine/folder-lock.ts';
import { openTeardown, type Teardown } from './machine/teardown.ts';
import { ownUmask } from './machine/umask.ts';
import { type Broker, openBroker } from './rabbitmq/broker.ts';
import { type Credentials, openUsers } from './secrets/users.ts';
import { movedTags, pinFirstVersions, provideParameters } from './ssm/first-pins.ts';
import { type Package, packageOf } from './template/package.ts';
import { place, stage } from './template/place.ts';
import { planOf } from './template/plan.ts';
import { resolveTemplate } from './template/resolve.ts';
import { type Resolved, textAt } from './template/types.ts';

export type { Faults, SeenCall } from './endpoint/watch.ts';

/** How a stack is started. */
export interface StackOptions {
  /** Folder of all state, which no other user can enter; it is made when it does not exist. */
  readonly dir: string;
  /** Port of the AWS endpoint; 0, and absent, take a free one. */
  readonly port?: number;
  /** Folder of the local images; absent, it is `images` below `dir`. */
  readonly imagesDir?: string;
  readonly log: (line: string) => void;
  readonly faults?: Faults;
  /** Gives up a start that is under way. */
  readonly signal?: AbortSignal;
}

/** A running stack. */
export interface Stack {
  readonly addresses: Addresses;
  readonly rabbit: Pick<Broker, 'stop' | 'start'> & { readonly admin: () => Credentials };
  readonly ecs: Pick<Ecs, 'reclaim' | 'setAvailability'>;
  readonly invoke: Cloud['functions']['invoke'];
  readonly logs: LogStore;
  /** Ends everything in reverse order; no process is left. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the local stack: the bundles of this project, wired by its compiled template. Resolves when it is ready;
 * rejects with a sentence for a person, the signal's reason where that has aborted, and has then ended all that it had started.
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const teardown = openTeardown(options.log);
  try {
    return await start(options, teardown);
  } catch (cause) {
    await teardown.run();
    // Whatever went wrong once the start was given up is a consequence of that.
    options.signal?.throwIfAborted();
    throw cause;
  }
};

const root = fileURLToPath(new URL('..', import.meta.url));

const start = async (options: StackOptions, teardown: Teardown): Promise<Stack> => {
  const { log, signal, faults = {} } = options;
  const dir = resolve(options.dir);
  // For all that is written from here on, by this process and by those that it starts.
  process.umask(ownUmask);
  teardown.add('lock', lockFolder(dir));
  // One that a SIGKILL left behind sends people to where nothing is.
  const file = join(dir, 'local.json');
  rmSync(file, { force: true });
  for (const ended of endAllLeftovers(dir)) log(`ended a leftover: ${ended}`);

  const protocols: Protocol[] = [];
  const credentials = openCredentials();
  const accessKey = openOperatorKey(join(dir, 'operator.json'));
  credentials.keep(accessKey);
  const taskKeys = openTaskKeys(credentials);
  const { region } = place;
  const endpoint = await openEndpoint({
    port: options.port ?? 0,
    protocols,
    credentials,
    taskKeys,
    region,
    keysFile: file,
  });
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
    credentials,
    taskKeys,
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
  const broken = await runOnce(cloud, 'topology', {});
  signal?.throwIfAborted();
  if (broken !== undefined) throw new Error(broken);
  log('releasing the pinned versions (release) …');
  const unreleased = await runOnce(cloud, 'release', scheduledEvent('local-start', place));
  signal?.throwIfAborted();
  if (unreleased !== undefined) log(unreleased);
  for (const moved of movedTags(cloud.parameters, plan.parameters, cloud.images)) {
    log(`${moved} was edited after it was pinned; to run what it is now: npx davit pin ${moved}`);
  }
  startFlow(plan, cloud, {
    amqpUrl: broker.amqpUrl,
    credentials: users.functions,
    teardown,
    log,
  });

  const addresses: Addresses = {
    aws,
    amqp: publisherUrl(broker.amqpUrl(), users.publisher),
    management: broker.managementUrl(),
    region,
    stage,
    table: textAt(plan.tables[0]?.input.TableName, 'TableName'),
    cluster,
    ...accessKey,
  };
  // It holds the publisher's password and the operator's key.
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

const publisherUrl = (amqpUrl: string, { username, password }: Credentials): string =>
  amqpUrl.replace('://', `://${username}:${password}@`);
