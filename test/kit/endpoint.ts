import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTables, dynamodbProtocol } from '../../local/dynamodb/api.ts';
import { openEngine } from '../../local/dynamodb/engine.ts';
import { ecrService } from '../../local/ecr/api.ts';
import { openImages } from '../../local/ecr/images.ts';
import { openEcs } from '../../local/ecs/ecs.ts';
import type { RuntimeFactory } from '../../local/ecs/runtime/runtime.ts';
import { jsonProtocol } from '../../local/endpoint/json-protocol.ts';
import { openEndpoint } from '../../local/endpoint/server.ts';
import { openBuses } from '../../local/events/bus.ts';
import { secretsService } from '../../local/secrets/api.ts';
import { openParameters } from '../../local/ssm/api.ts';
import { openGate, withOperator } from './operator.ts';
import { cluster, definitionSite } from './site.ts';
import { tableInput } from './table.ts';

/** The secret that the endpoint keeps. */
export const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:davit/functions';

/** The local AWS without functions, and what a test needs to reach into it. */
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
  /** What went to the bus `davit`, in order. */
  readonly onBus: readonly unknown[];
  readonly setAvailability: ReturnType<typeof openEcs>['setAvailability'];
  readonly close: () => Promise<void>;
}

/** Opens it on a free port, with nothing in it but the table, the bus and the secret. */
export const openContractEndpoint = async (): Promise<ContractEndpoint> => {
  const dir = mkdtempSync(join(tmpdir(), 'davit-contract-'));
  const table = 'davit-test-tasks';
  const tables = [{ input: { ...tableInput(table) }, expiresBy: 'expiresAt' }];
  const engine = await openEngine(join(dir, 'dynamodb'));
  await createTables(engine, tables);
  const onBus: unknown[] = [];
  const buses = openBuses({
    account: '123456789012',
    region: 'eu-central-1',
    buses: ['default', 'davit'],
    rules: [
      {
        name: 'all',
        bus: 'davit',
        matches: () => true,
        targets: [(event) => void onBus.push(event)],
      },
    ],
  });
  const parameters = openParameters({
    path: join(dir, 'ssm.json'),
    arnPrefix: 'arn:aws:ssm:eu-central-1:123456789012:parameter',
    changed: () => {},
  });
  const images = openImages(join(dir, 'images'), definitionSite.registry);
  const ecs = openEcs({
    journal: join(dir, 'ecs.jsonl'),
    options: { clusters: [cluster] },
    runtime: obedient,
    emit: () => {},
    log: () => {},
  });
  const services = {
    ecs: ecs.service,
    ssm: parameters.service,
    events: buses.service,
    ecr: ecrService(images),
    secretsmanager: secretsService(
      new Map([[secretArn, '{"username":"davit","password":"not-a-real-one"}']]),
    ),
  };
  const { credentials, key } = withOperator();
  const answer = jsonProtocol(services, openGate);
  const endpoint = await openEndpoint({
    port: 0,
    protocols: [
      dynamodbProtocol(engine, tables, openGate),
      { style: 'json', speaks: () => true, answer },
    ],
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
      await engine.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

// Containers that start when told to, and end when asked.
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
