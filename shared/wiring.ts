import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { eventBus, refusalsBus } from './aws/bus.ts';
import { comparisonPlaces } from './aws/comparison-place.ts';
import { registryRegionOf } from './aws/registry.ts';
import { awsReleases } from './aws/releases.ts';
import { ecsClientConfig, ecsRuns } from './aws/runs.ts';
import { secretReader } from './aws/secrets.ts';
import { tasksTable } from './aws/tasks.ts';
import { ssmTools, type ToolsCache } from './aws/tools.ts';
import { versionItems } from './aws/version-items.ts';
import { brokerIn, configOf, launchIn, rowsIn } from './config.ts';
import { familiesOf } from './core/family.ts';
import { callPaceOf, readRate, stopRate } from './flows/call-pace.ts';
import type { CarryOutPorts } from './flows/carry-out.ts';
import type { ComparePorts } from './flows/compare.ts';
import type { ControlPorts } from './flows/control.ts';
import type { LaunchPorts } from './flows/decide-launch.ts';
import { paceOf } from './flows/pace.ts';
import type { ReleasePorts } from './flows/release.ts';
import { log } from './log.ts';
import { meter } from './metrics.ts';
import { once } from './once.ts';
import type { Clock } from './ports.ts';
import { rabbitBroker } from './rabbit/broker.ts';
import { declareTopology, type TopologyReport } from './rabbit/topology.ts';
import { requestOf, submissionOf } from './wire/message.ts';

/** The SDK waits for ever by default: a call that is not answered must be a doubt while there is time to write it down. */
const requestHandler = {
  connectionTimeout: 3_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};

// `PURE`: a bundle leaves out the clients that its function does not call.
const dynamodb = /* @__PURE__ */ once(() => new DynamoDBClient({ requestHandler }));
const ecr = /* @__PURE__ */ once(
  (region: string | undefined) => new ECRClient({ requestHandler, ...(region ? { region } : {}) }),
);
const ecs = /* @__PURE__ */ once(() => new ECSClient({ requestHandler, ...ecsClientConfig }));
const eventBridge = /* @__PURE__ */ once(() => new EventBridgeClient({ requestHandler }));

const ssm = /* @__PURE__ */ once(() => new SSMClient({ requestHandler }));

/** A tool that cannot be looked up is a hold: dispatch knows that soon, with the time of its batch before it. */
const lookUps = /* @__PURE__ */ once(
  () =>
    new SSMClient({
      requestHandler: { ...requestHandler, connectionTimeout: 2_000, requestTimeout: 2_000 },
      maxAttempts: 2,
    }),
);

const clock: Clock = {
  now: () => Date.now(),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
  },
};

const brokerConfig = /* @__PURE__ */ once(() => configOf(brokerIn));
const rowsConfig = /* @__PURE__ */ once(() => configOf(rowsIn));
const launchConfig = /* @__PURE__ */ once(() => configOf(launchIn));

/** The broker of the environment, with its connections, and its login until the broker refuses it. */
const broker = /* @__PURE__ */ once((config: ReturnType<typeof brokerIn>) => {
  const { url, virtualHost, arn, stage, replyPrefix } = config;
  let known: ReturnType<typeof secret> | undefined;
  const login = (fresh: boolean): ReturnType<typeof secret> => {
    if (fresh || known === undefined) {
      known = secret(arn);
      known.catch(() => {
        known = undefined;
      });
    }
    return known;
  };
  return rabbitBroker({ url, virtualHost, login }, { source: sourceOf(stage), replyPrefix });
});

/** For `dispatch` and `control`: what the names of the queues begin with to which this stage replies. */
export const replyPrefix = (): string => brokerConfig().replyPrefix;

/** For `settle`, and for what `control` is brought of `davit.dropped`: what it takes to apply a fact to a row and carry out what follows. */
export const carryOutPorts = (signal: AbortSignal): CarryOutPorts =>
  carryOutFor(rowsConfig(), signal);

/** For `settle`: what the names of this stage's task definition families begin with. */
export const ownFamilies = (): string => familiesOf(rowsConfig().stage);

/** ECS launches twenty containers a second for an account and region (facts of ECS's throttling). */
const pace = /* @__PURE__ */ once(() => paceOf(clock, 20));

/** For `sweep`. */
export const sweepPorts = (signal: AbortSignal): ComparePorts => ({
  ...carryOutPorts(signal),
  pace: pace(),
  stage: rowsConfig().stage,
  place: comparisonPlaces({ client: dynamodb(), table: rowsConfig().table, signal }),
});

const toolsCache: ToolsCache = new Map();

/** For `dispatch`. */
export const launchPorts = (signal: AbortSignal): LaunchPorts => {
  const { rows, prefix, site } = launchConfig();
  const { readVersion } = versionItems({ client: dynamodb(), table: rows.table, signal });
  return {
    ...carryOutFor(rows, signal),
    pace: pace(),
    stage: rows.stage,
    tools: ssmTools({
      client: lookUps(),
      prefix,
      readVersion,
      now: clock.now,
      meter,
      log,
      cache: toolsCache,
      signal,
    }),
    site: { ...site, providers: { cpu: 'FARGATE', 'cpu-spot': 'FARGATE_SPOT' } },
    requestOf,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  };
};

/** For `release`. */
export const releasePorts = (signal: AbortSignal): ReleasePorts => {
  const { table, prefix, bus, ...site } = configOf((env) => ({
    table: env.table(),
    bus: env.bus(),
    prefix: env.parameters(),
    stage: env.stage(),
    region: env.region(),
    registry: env.registry(),
    logGroup: env.logGroup(),
    executionRole: env.executionRole(),
    taskRole: env.taskRole(),
  }));
  const clients = {
    ssm: ssm(),
    ecr: ecr(registryRegionOf(site.registry)),
    ecs: ecs(),
    dynamodb: dynamodb(),
  };
  const source = sourceOf(site.stage);
  return {
    releases: awsReleases({ ...clients, table, prefix, site, signal }),
    stage: site.stage,
    refusals: refusalsBus({ client: eventBridge(), bus, source, signal }),
    meter,
    log,
    clock,
  };
};

/** For what `control` is asked. */
export const controlPorts = (): ControlPorts => ({
  broker: broker(brokerConfig()),
  submissionOf,
  log,
  clock,
});

/** For `topology`: declares what Davit needs of the broker. Throws with every fault when something is not as it must be. */
export const topologyDeclared = async (signal: AbortSignal): Promise<TopologyReport> => {
  const config = configOf((env) => ({
    stage: env.stage(),
    managementUrl: env.managementUrl(),
    vhost: env.virtualHost(),
    replyPrefix: env.replyPrefix(),
    admin: env.adminSecret(),
    functions: env.brokerSecret(),
    publisher: env.publisherSecret(),
  }));
  const { stage, managementUrl, vhost, replyPrefix } = config;
  const [admin, functions, publisher] = await Promise.all([
    secret(config.admin),
    secret(config.functions),
    secret(config.publisher),
  ]);
  const users = { functions, publisher };
  const report = await declareTopology({
    managementUrl,
    admin,
    users,
    stage,
    vhost,
    replyPrefix,
    signal,
  });
  if (report.faults.length > 0) {
    throw new Error(`The broker is not as Davit needs it. ${report.faults.join('. ')}`);
  }
  log('info', 'topology.declared', { ...report });
  return report;
};

const secrets = /* @__PURE__ */ once(() => new SecretsManagerClient({ requestHandler }));

const secret = (arn: string) => secretReader({ client: secrets() })(arn);

const sourceOf = (stage: string): string => `/davit/${stage}`;

const reads = /* @__PURE__ */ once(() => callPaceOf(clock, readRate));
const stops = /* @__PURE__ */ once(() => callPaceOf(clock, stopRate));

const carryOutFor = (rows: ReturnType<typeof rowsIn>, signal: AbortSignal): CarryOutPorts => {
  const { stage, table, cluster, bus } = rows;
  return {
    tasks: tasksTable({ client: dynamodb(), table, newId: randomUUID, meter, log, signal }),
    runs: ecsRuns({
      client: ecs(),
      cluster,
      families: familiesOf(stage),
      reads: reads(),
      stops: stops(),
      signal,
    }),
    broker: broker(rows.broker),
    bus: eventBus({ client: eventBridge(), bus, source: sourceOf(stage), signal }),
    meter,
    log,
    clock,
  };
};
