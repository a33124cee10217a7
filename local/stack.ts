import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Addresses } from './addresses.ts';
import { type Cloud, openCloud } from './cloud.ts';
import { deploy } from './deployment.ts';
import { chooseRuntime } from './ecs/runtime/choose-runtime.ts';
import { openEngine } from './ecs/runtime/engine/engine-record.ts';
import { openCredentials } from './endpoint/credentials.ts';
import { openOperatorKey } from './endpoint/operator-key.ts';
import { openEndpoint, type Protocol } from './endpoint/server.ts';
import { openTaskKeys } from './endpoint/task-keys.ts';
import type { Faults } from './endpoint/watch.ts';
import { startFlow } from './flow.ts';
import { endAllLeftovers } from './machine/children.ts';
import { writeWhole } from './machine/files.ts';
import { lockFolder } from './machine/folder-lock.ts';
import { openTeardown, type Teardown } from './machine/teardown.ts';
import { ownUmask } from './machine/umask.ts';
import { watchDisk } from './machine/watch-disk.ts';
import { type Broker, openBroker } from './rabbitmq/broker.ts';
import { leastFreeBytes } from './rabbitmq/files.ts';
import { type BrokerLogin, openUsers } from './secrets/users.ts';
import { awsAccount, stage } from './template/aws-account.ts';
import { packageOf } from './template/package.ts';
import { planOf } from './template/plan.ts';
import { resolveTemplate } from './template/resolve.ts';
import { textAt } from './template/types.ts';

export type { Faults, SeenCall, SeenInvocation } from './endpoint/watch.ts';

/** How a stack is started. */
export interface StackOptions {
  /** The folder of all state, which no other user can enter. It is created if it does not exist. */
  readonly dir: string;
  /** The port of the AWS endpoint. 0, and absent, choose a free one. */
  readonly port?: number;
  /** The folder of the local images; absent, it is `images` below `dir`. */
  readonly imagesDir?: string;
  readonly log: (line: string) => void;
  readonly faults?: Faults;
  /** Aborts a start that is not finished. */
  readonly signal?: AbortSignal;
}

/** A running stack. */
export interface Stack {
  readonly addresses: Addresses;
  readonly rabbit: Pick<Broker, 'stop' | 'start'> & { readonly admin: () => BrokerLogin };
  readonly ecs: Pick<Cloud['ecs'], 'reclaim' | 'setAvailability'>;
  readonly invoke: Cloud['functions']['invoke'];
  readonly deployCode: Cloud['deployCode'];
  readonly logs: Cloud['logs'];
  /** Ends everything in reverse order. No process is left. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the local stack: the bundles of this project, connected as its compiled template says. Resolves when the stack is ready.
 * Rejects with a message for a person, or with the signal's reason if that has aborted; everything that was started has ended then.
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const teardown = openTeardown(options.log);
  try {
    return await start(options, teardown);
  } catch (cause) {
    await teardown.run();
    // An error after the abort is caused by it.
    options.signal?.throwIfAborted();
    throw cause;
  }
};

const root = fileURLToPath(new URL('..', import.meta.url));

const start = async (options: StackOptions, teardown: Teardown): Promise<Stack> => {
  const { log, signal, faults = {} } = options;
  const dir = resolve(options.dir);
  // For all files that this process and its children write from here on.
  process.umask(ownUmask);
  teardown.add('lock', lockFolder(dir));
  // After a SIGKILL the file holds addresses at which nothing listens.
  const file = join(dir, 'local.json');
  rmSync(file, { force: true });
  const runtime = await chooseRuntime(process.env);
  for (const ended of endAllLeftovers(dir)) log(`ended a leftover: ${ended}`);
  const engine = await openEngine(dir, runtime.engine, log);
  teardown.add('watch of the disk', watchDisk(dir, { leastBytes: leastFreeBytes, log }));

  const protocols: Protocol[] = [];
  const credentials = openCredentials();
  const accessKey = openOperatorKey(join(dir, 'operator.json'));
  credentials.keep(accessKey);
  const taskKeys = openTaskKeys(credentials);
  const { region } = awsAccount;
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
  log(runtime.says);
  const { template, dir: packageDir } = await packageOf(root, join(root, '.davit', 'package'), {
    log,
    signal,
  });
  signal?.throwIfAborted();

  // Only this machine knows these values; all other parameters have defaults in the template.
  const functionsUrl = faults.brokerUrl?.(broker.amqpUrl()) ?? broker.amqpUrl();
  const ownValues = { BrokerUrl: functionsUrl, BrokerManagementUrl: broker.managementUrl() };
  const plan = planOf(resolveTemplate(template, ownValues, awsAccount));
  const users = openUsers(join(dir, 'secrets.json'));
  const cloud = await openCloud({
    dir,
    imagesDir: options.imagesDir ?? join(dir, 'images'),
    engine,
    packageDir,
    plan,
    users,
    admin: broker.admin(),
    endpointUrl: () => aws,
    credentials,
    taskKeys,
    faults,
    teardown,
    log,
  });
  protocols.push(...cloud.protocols);
  signal?.throwIfAborted();
  await deploy(plan, cloud, { log, signal });
  const { amqpUrl } = broker;
  startFlow(plan, cloud, { amqpUrl, credentials: users.functions, teardown, log });

  const addresses: Addresses = {
    aws,
    amqp: publisherUrl(amqpUrl(), users.publisher),
    management: broker.managementUrl(),
    region,
    stage,
    table: textAt(plan.dynamodb.tables[0]?.input.TableName, 'TableName'),
    cluster: plan.ecs.cluster,
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
    deployCode: cloud.deployCode,
    logs: cloud.logs,
    stop: teardown.run,
  };
};

const publisherUrl = (amqpUrl: string, { username, password }: BrokerLogin): string =>
  amqpUrl.replace('://', `://${username}:${password}@`);
