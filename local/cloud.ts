import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EcsOptions } from '../models/ecs/types.ts';
import { createTables, dynamodbProtocol } from './dynamodb/api.ts';
import { type Engine, openEngine } from './dynamodb/engine.ts';
import { ecrService } from './ecr/api.ts';
import { type LocalImages, openImages } from './ecr/images.ts';
import { type Ecs, openEcs } from './ecs/ecs.ts';
import { agentRuntime } from './ecs/runtime/agent-runtime.ts';
import { findCgroup } from './ecs/runtime/cgroups.ts';
import { whatEscapes } from './ecs/runtime/enclosures.ts';
import { type RuntimeFactory, spread } from './ecs/runtime/runtime.ts';
import { withSecrets } from './ecs/runtime/secret-values.ts';
import { withTaskRoles } from './ecs/runtime/task-role.ts';
import type { Credentials } from './endpoint/credentials.ts';
import { gateOf } from './endpoint/gate.ts';
import { jsonProtocol } from './endpoint/json-protocol.ts';
import type { Protocol } from './endpoint/server.ts';
import { stsProtocol } from './endpoint/sts.ts';
import type { TaskKeys } from './endpoint/task-keys.ts';
import { type Faults, watchFor } from './endpoint/watch.ts';
import { type EventBuses, openBuses } from './events/bus.ts';
import { busRules, parameterEvent } from './events/routes.ts';
import { rulesService } from './events/rules.ts';
import { openAuthorize } from './iam/authorize.ts';
import { lambdaProtocol } from './lambda/api.ts';
import { type AsyncInvocations, openAsyncInvocations } from './lambda/async.ts';
import { unpackFunctions } from './lambda/bundles.ts';
import { type Functions, openFunctions } from './lambda/pool.ts';
import { logsService } from './logs/api.ts';
import { type LogStore, openLogs } from './logs/log-store.ts';
import { childFolder, openChildren } from './machine/children.ts';
import type { Teardown } from './machine/teardown.ts';
import { secretsService } from './secrets/api.ts';
import { sqsService } from './sqs/api.ts';
import { openQueues, type Queues } from './sqs/queues.ts';
import { openParameters, type ParameterStore } from './ssm/api.ts';
import { place } from './template/place.ts';
import type { Plan } from './template/plan.ts';

/** The services of a stack, running. */
export interface Cloud {
  readonly protocols: readonly Protocol[];
  readonly functions: Functions;
  readonly queues: Queues;
  readonly parameters: ParameterStore;
  readonly images: LocalImages;
  readonly logs: LogStore;
  readonly ecs: Ecs;
}

/** What the services need to know before they open. */
export interface CloudParts {
  readonly dir: string;
  readonly imagesDir: string;
  readonly plan: Plan;
  readonly packageDir: string;
  readonly cluster: string;
  readonly registry: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly endpointUrl: () => string;
  /** Who may call the endpoint. */
  readonly credentials: Credentials;
  readonly taskKeys: TaskKeys;
  readonly faults: Faults;
  readonly teardown: Teardown;
  readonly log: (line: string) => void;
}

/** Opens every service that the plan asks for. Nothing flows yet: queues are not polled and schedules do not run. */
export const openCloud = async (parts: CloudParts): Promise<Cloud> => {
  const { dir, plan, teardown } = parts;
  mkdirSync(dir, { recursive: true });
  const logs = openLogs(join(dir, 'logs'), parts.log);
  const images = openImages(parts.imagesDir, parts.registry);
  const queues = openQueues(join(dir, 'queues.jsonl'), plan.queues, parts.log);
  teardown.add('queues', queues.close);
  // What functions call is ended after them.
  const engine = await openTables(parts);
  const { functions, asynchronous } = openLambda(parts, logs, queues);
  const buses = openBuses({
    account: place.account,
    region: place.region,
    buses: plan.buses,
    rules: busRules(plan.rules, queues, asynchronous),
  });
  teardown.add('event buses', buses.stop);
  const parameters = openParameters({
    path: join(dir, 'ssm.json'),
    arnPrefix: `arn:aws:ssm:${place.region}:${place.account}:parameter`,
    changed: (change) => buses.emit(parameterEvent(change, place)),
  });
  const ecs = openContainers(parts, { buses, parameters });
  const { tables, policies } = plan;
  const authorize = openAuthorize(policies, { place, tables, definition: ecs.definition });
  const gate = gateOf(authorize, watchFor(parts.faults.onCall, functions));
  const answerJson = jsonProtocol(
    {
      ecs: ecs.service,
      ssm: parameters.service,
      events: { ...buses.service, ...rulesService(plan, place) },
      sqs: sqsService(plan.queues, { queues, endpointUrl: parts.endpointUrl }),
      secretsmanager: secretsService(parts.secrets),
      logs: logsService(logs, plan.logGroups),
      ecr: ecrService(images),
    },
    gate,
  );
  const protocols: readonly Protocol[] = [
    dynamodbProtocol(engine, plan.tables, gate),
    { style: 'json', speaks: () => true, answer: answerJson },
    lambdaProtocol(functions, asynchronous, gate),
    stsProtocol(place.account),
  ];
  return { protocols, functions, queues, parameters, images, logs, ecs };
};

const openTables = async (parts: CloudParts): Promise<Engine> => {
  const engine = openEngine(join(parts.dir, 'dynamodb.jsonl'), parts.log);
  parts.teardown.add('tables', engine.stop);
  await createTables(engine, parts.plan.tables);
  return engine;
};

const openLambda = (
  parts: CloudParts,
  logs: LogStore,
  queues: Queues,
): { functions: Functions; asynchronous: AsyncInvocations } => {
  const specs = unpackFunctions(
    parts.plan.functions,
    parts.packageDir,
    join(parts.dir, 'functions'),
  );
  const functions = openFunctions(specs, {
    endpointUrl: parts.endpointUrl,
    region: place.region,
    credentials: parts.credentials,
    logs,
    children: openChildren(childFolder(parts.dir, 'functions')),
    path: process.env.PATH ?? '',
  });
  parts.teardown.add('functions', functions.stop);
  const asynchronous = openAsyncInvocations(
    functions.invoke,
    (name) => {
      const { maxRetries = 2, onFailureArn } = parts.plan.async.get(name) ?? {};
      if (onFailureArn === undefined) return { maxRetries };
      return { maxRetries, onFailure: (r) => queues.send(onFailureArn, JSON.stringify(r)) };
    },
    parts.log,
  );
  parts.teardown.add('asynchronous invocations', asynchronous.stop);
  return { functions, asynchronous };
};

const openContainers = (
  parts: CloudParts,
  { buses, parameters }: { buses: EventBuses; parameters: ParameterStore },
): Ecs => {
  const cgroup = findCgroup();
  const escapes = whatEscapes(cgroup, process.platform);
  if (escapes !== undefined) parts.log(escapes);
  const ecs = openEcs({
    journal: join(parts.dir, 'ecs.jsonl'),
    options: { ...ecsOptions(parts.cluster), ...parts.faults.ecs },
    runtime: withTaskRoles(
      { keys: parts.taskKeys, endpointUrl: parts.endpointUrl, region: place.region },
      withSecrets(
        { parameters, secrets: parts.secrets },
        spread(['containers-1', 'containers-2'].map((kind) => agentOf(parts, kind, cgroup))),
      ),
    ),
    emit: (event) => {
      if (parts.faults.loseEcsEvents !== true) buses.emit(event);
    },
    log: parts.log,
  });
  parts.teardown.add('containers', ecs.stop);
  return ecs;
};

/** A task is up within half a second here instead of half a minute; reads lag and events overtake each other as at AWS. */
const ecsOptions = (cluster: string): Partial<EcsOptions> => ({
  account: place.account,
  region: place.region,
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

const agentOf = (parts: CloudParts, kind: string, cgroup: string | undefined): RuntimeFactory =>
  agentRuntime({
    imagesDir: parts.imagesDir,
    registry: parts.registry,
    logsDir: join(parts.dir, 'logs'),
    childrenDir: childFolder(parts.dir, kind),
    scratchDir: join(parts.dir, 'scratch'),
    path: process.env.PATH ?? '',
    cgroup,
  });
