import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDynamodb } from '../../local/dynamodb/open.ts';
import { openEcr } from '../../local/ecr/open.ts';
import { ecsApi } from '../../local/ecs/api.ts';
import { type EcsEngine, openEcsEngine } from '../../local/ecs/engine.ts';
import type { RuntimeFactory } from '../../local/ecs/runtime/runtime.ts';
import { protocolsOf } from '../../local/endpoint/protocols.ts';
import { openEndpoint } from '../../local/endpoint/server.ts';
import { eventsApi } from '../../local/events/api.ts';
import { openRouter } from '../../local/events/router.ts';
import { secretsApi } from '../../local/secrets/api.ts';
import { secretsOf } from '../../local/secrets/secrets.ts';
import { openSsm } from '../../local/ssm/open.ts';
import { openGate, withOperator } from './operator.ts';
import { cluster, definitionSite } from './site.ts';
import { tableInput } from './table.ts';

/** The secret that the endpoint keeps. */
export const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:davit/functions';

/** The local AWS without functions, and the parts of it that tests use. */
export interface ContractEndpoint {
  /** For any SDK client. */
  readonly config: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly table: string;
  /** Puts an image where ECR looks for it. */
  readonly push: (repository: string, tag: string, digest: string) => void;
  /** The events of the bus `davit`, in order. */
  readonly onBus: readonly unknown[];
  readonly setAvailability: EcsEngine['setAvailability'];
  readonly close: () => Promise<void>;
}

/** Opens it on a free port, with nothing in it but the table, the bus and the secret. */
export const openContractEndpoint = async (): Promise<ContractEndpoint> => {
  const dir = mkdtempSync(join(tmpdir(), 'davit-contract-'));
  const table = 'davit-test-tasks';
  const tables = [{ input: { ...tableInput(table) }, expiresBy: 'expiresAt' }];
  const dynamodb = await openDynamodb({
    plan: { tables },
    path: join(dir, 'dynamodb'),
    log: () => {},
  });
  const onBus: unknown[] = [];
  const router = openRouter([
    {
      name: 'all',
      bus: 'davit',
      matches: () => true,
      targets: [(event) => void onBus.push(event)],
    },
  ]);
  const ecs = openEcsEngine({
    path: join(dir, 'ecs.jsonl'),
    options: { clusters: [cluster] },
    runtime: obedient,
    emit: () => {},
    log: () => {},
  });
  const secrets = secretsOf(
    new Map([[secretArn, '{"username":"davit","password":"not-a-real-one"}']]),
  );
  const services = {
    dynamodb,
    ecs: { api: ecsApi(ecs) },
    ssm: openSsm({ path: join(dir, 'ssm.json'), emit: () => {} }),
    events: { api: eventsApi({ rules: [], buses: ['default', 'davit'] }, router) },
    ecr: openEcr({
      plan: { registry: definitionSite.registry },
      imagesDir: join(dir, 'images'),
    }),
    secretsmanager: { api: secretsApi(secrets) },
  };
  const { credentials, key } = withOperator();
  const endpoint = await openEndpoint({
    port: 0,
    protocols: protocolsOf(services, openGate),
    credentials,
    region: 'eu-central-1',
    keysFile: '.davit/local.json',
  });
  return {
    config: {
      endpoint: `http://127.0.0.1:${endpoint.port}`,
      region: 'eu-central-1',
      credentials: key,
    },
    table,
    push: (repository, tag, digest) => {
      const folder = join(dir, 'images', repository, tag);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'image.json'), JSON.stringify({ command: ['true'], digest }));
    },
    onBus,
    setAvailability: ecs.setAvailability,
    close: async () => {
      await endpoint.stop();
      await ecs.stop();
      await dynamodb.stop?.();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

// Containers that start when asked to, and end when asked.
const obedient: RuntimeFactory = (report) => ({
  carryOut: (order) => {
    const { taskArn } = order;
    setImmediate(() =>
      report(
        order.kind === 'start'
          ? { kind: 'started', taskArn }
          : { kind: 'exited', taskArn, exitCode: order.kind === 'terminate' ? 143 : 137 },
      ),
    );
  },
  stop: async () => {},
});
