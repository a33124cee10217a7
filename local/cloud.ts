import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDynamodb } from './dynamodb/open.ts';
import { type Ecr, openEcr } from './ecr/open.ts';
import { type Ecs, openEcs } from './ecs/open.ts';
import type { EngineSettings } from './ecs/runtime/engine/engine-settings.ts';
import type { Credentials } from './endpoint/credentials.ts';
import { gateOf } from './endpoint/gate.ts';
import { protocolsOf } from './endpoint/protocols.ts';
import type { Protocol } from './endpoint/server.ts';
import type { TaskKeys } from './endpoint/task-keys.ts';
import { type Faults, watchFor } from './endpoint/watch.ts';
import { openEventBridge } from './events/open.ts';
import { openAuthorize } from './iam/authorize.ts';
import { type Lambda, openLambda } from './lambda/open.ts';
import { type Logs, openLogs } from './logs/open.ts';
import { openSubscriptions } from './logs/subscriptions.ts';
import type { Teardown } from './machine/teardown.ts';
import { openSecretsManager } from './secrets/open.ts';
import type { BrokerLogin, Users } from './secrets/users.ts';
import type { AwsService } from './service.ts';
import { openSqs, type Sqs } from './sqs/open.ts';
import { openSsm, type Ssm } from './ssm/open.ts';
import { openSts } from './sts/open.ts';
import { awsAccount } from './template/aws-account.ts';
import type { Plan } from './template/plan.ts';

/** The services of a stack, open, as the stack and tests use them. */
export interface Cloud {
  readonly protocols: readonly Protocol[];
  readonly functions: Lambda['functions'];
  readonly deployCode: Lambda['deployCode'];
  readonly queues: Sqs['queues'];
  readonly parameters: Ssm['parameters'];
  readonly images: Ecr['images'];
  readonly logs: Logs['store'];
  readonly ecs: Ecs;
}

/** Opens every service of the plan. Queues are not polled and schedules do not run before `startFlow`. */
export const openCloud = async (parts: {
  /** The folder of the stack. */
  readonly dir: string;
  readonly imagesDir: string;
  /** The container engine; absent when containers are processes. */
  readonly engine: EngineSettings | undefined;
  /** The folder of the bundles. */
  readonly packageDir: string;
  readonly plan: Plan;
  /** The logins of the broker, for their secrets. */
  readonly users: Users;
  readonly admin: BrokerLogin;
  readonly endpointUrl: () => string;
  readonly credentials: Credentials;
  readonly taskKeys: TaskKeys;
  readonly faults: Faults;
  readonly teardown: Teardown;
  readonly log: (line: string) => void;
}): Promise<Cloud> => {
  const { dir, imagesDir, packageDir, plan, endpointUrl, credentials, faults, log } = parts;
  mkdirSync(dir, { recursive: true });
  // They stop in reverse order, so each is opened after those that it calls.
  const opened = <Service extends AwsService>(name: string, service: Service): Service => {
    if (service.stop !== undefined) parts.teardown.add(name, service.stop);
    return service;
  };

  const logs = opened('logs', openLogs({ plan: plan.logs, dir: join(dir, 'logs'), log }));
  const ecr = opened('ecr', openEcr({ plan: plan.ecr, imagesDir, engine: parts.engine?.address }));
  const sqs = opened(
    'sqs',
    openSqs({ plan: plan.sqs, path: join(dir, 'queues.jsonl'), endpointUrl, log }),
  );
  const dynamodb = opened(
    'dynamodb',
    await openDynamodb({ plan: plan.dynamodb, path: join(dir, 'dynamodb.jsonl'), log }),
  );
  const lambda = opened(
    'lambda',
    openLambda({
      plan: plan.lambda,
      packageDir,
      dir,
      endpointUrl,
      credentials,
      logs: logs.store,
      queues: sqs.queues,
      faults,
      log,
    }),
  );
  const subscriptions = openSubscriptions(plan.logs.subscriptions, {
    account: awsAccount.account,
    store: logs.store,
    invoke: lambda.asynchronous.invoke,
    isSkipped: () => faults.skipLogDeliveries === true,
  });
  parts.teardown.add('log subscriptions', subscriptions.stop);
  const events = opened(
    'events',
    openEventBridge({
      plan: plan.events,
      queues: sqs.queues,
      asynchronous: lambda.asynchronous,
    }),
  );
  const ssm = opened('ssm', openSsm({ path: join(dir, 'ssm.json'), emit: events.emit }));
  const secretsmanager = opened(
    'secretsmanager',
    openSecretsManager({ plan: plan.secrets, users: parts.users, admin: parts.admin }),
  );
  const ecs = opened(
    'ecs',
    openEcs({
      plan: plan.ecs,
      dir,
      imagesDir,
      engine: parts.engine,
      registry: plan.ecr.registry,
      taskKeys: parts.taskKeys,
      parameters: ssm.parameters,
      secrets: secretsmanager.secrets,
      endpointUrl,
      emit: events.emit,
      logged: subscriptions.written,
      faults,
      log,
    }),
  );
  const sts = opened('sts', openSts());

  const authorize = openAuthorize(plan.iam.policies, {
    awsAccount,
    tables: plan.dynamodb.tables,
    definition: ecs.definition,
  });
  const gate = gateOf(authorize, watchFor(faults.onCall, lambda.functions));
  const services = { dynamodb, ecr, ecs, events, lambda, logs, secretsmanager, sqs, ssm, sts };
  return {
    protocols: protocolsOf(services, gate),
    functions: lambda.functions,
    deployCode: lambda.deployCode,
    queues: sqs.queues,
    parameters: ssm.parameters,
    images: ecr.images,
    logs: logs.store,
    ecs,
  };
};
