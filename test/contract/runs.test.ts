import { ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionInputOf } from '../../shared/aws/definition-call.ts';
import { ecsRuns } from '../../shared/aws/runs.ts';
import type { LaunchOrder } from '../../shared/core/launch-order.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { openContractEndpoint } from '../kit/endpoint.ts';
import { cluster, definitionSite, echoSpec, families, site } from '../kit/site.ts';
import { until } from '../kit/until.ts';
import { memoryClock } from '../memory/clock.ts';
import { memoryRuns } from '../memory/runs.ts';

type Closable = 'FARGATE' | 'FARGATE_SPOT';

interface Opened {
  readonly runs: Runs;
  readonly definition: string;
  readonly close: () => Promise<void>;
  /** Makes ECS do its next steps. */
  readonly pass: () => void;
  readonly closeCapacity: (provider: Closable, reason: string) => void;
  readonly openCapacity: (provider: Closable) => void;
}

const release = { tool: 'echo', version: '1.0.0', spec: echoSpec };

const inMemory = async (): Promise<Opened> => {
  const clock = memoryClock();
  const runs = memoryRuns({ clock });
  return {
    runs,
    definition: runs.register(release),
    close: async () => {},
    pass: () => {
      void clock.advance(1000);
      runs.tick();
    },
    closeCapacity: (provider, reason) =>
      runs.setAvailability(provider, { is: 'closed', reason, seen: 'at once' }),
    openCapacity: (provider) => runs.setAvailability(provider, { is: 'open' }),
  };
};

const overEndpoint = async (): Promise<Opened> => {
  const endpoint = await openContractEndpoint();
  const client = new ECSClient(endpoint.config);
  const answer = await client.send(
    new RegisterTaskDefinitionCommand(definitionInputOf(definitionSite, release, 'fargate')),
  );
  return {
    runs: ecsRuns({ client, cluster, families }),
    definition: answer.taskDefinition?.taskDefinitionArn ?? '',
    close: async () => {
      client.destroy();
      await endpoint.close();
    },
    pass: () => {},
    closeCapacity: (provider, reason) =>
      endpoint.setAvailability(provider, { is: 'closed', reason, seen: 'at once' }),
    openCapacity: (provider) => endpoint.setAvailability(provider, { is: 'open' }),
  };
};

let count = 0;

describe.each([
  ['memory', inMemory],
  ['the local endpoint', overEndpoint],
] as const)('the runs of a cluster over %s', (_name, open) => {
  let opened: Opened;
  let runs: Runs;
  beforeAll(async () => {
    opened = await open();
    runs = opened.runs;
  });
  afterAll(() => opened.close());

  const newOrder = (): LaunchOrder => {
    count += 1;
    return {
      cluster,
      taskDefinition: opened.definition,
      capacityProvider: 'FARGATE',
      subnets: site.subnets,
      securityGroups: site.securityGroups,
      assignPublicIp: false,
      environment: { DAVIT_TASK_ID: `t-${count}`, DAVIT_RUN: '1', DAVIT_INPUT: '{"a":1}' },
      startedBy: `t-${count}/1`,
      clientToken: `token-${count}`,
      intendedAt: 0,
    };
  };

  // After throttling, the launch is in doubt, and the same order is sent again.
  const accepted = (order: LaunchOrder): Promise<string> =>
    until(`${order.startedBy} to be accepted`, async () => {
      opened.pass();
      const answer = await runs.launch(order);
      return answer.kind === 'accepted' ? answer.ecsTaskArn : undefined;
    });

  const statusOf = async (arn: string) => {
    opened.pass();
    const { found } = await runs.describe([arn]);
    return found[0]?.status;
  };

  test('launches an order once, however often it is sent and in whatever order the table returns its names', async () => {
    const order = newOrder();
    const arn = await accepted(order);
    const environment = Object.fromEntries(Object.entries(order.environment).reverse());
    expect(await runs.launch({ ...order, environment })).toEqual({
      kind: 'accepted',
      ecsTaskArn: arn,
    });
    expect(await runs.traces(order)).toEqual([arn]);
  });

  test('names the ECS task of the token when another order comes with it', async () => {
    const order = newOrder();
    const arn = await accepted(order);
    const other = { ...order, environment: { ...order.environment, DAVIT_RUN: '2' } };
    expect(await runs.launch(other)).toEqual({ kind: 'conflict', ecsTaskArns: [arn] });
  });

  test('is refused as a fault of the release when the task definition does not fit, and of the deployment without a cluster', async () => {
    const order = newOrder();
    const unknown = { ...order, taskDefinition: `${order.taskDefinition}99` };
    expect(await runs.launch(unknown)).toMatchObject({ kind: 'refused', cause: 'release' });
    const elsewhere = { ...newOrder(), cluster: 'nowhere' };
    expect(await runs.launch(elsewhere)).toMatchObject({ kind: 'refused', cause: 'deployment' });
  });

  test('is refused for capacity with the sentence of ECS, which is not an error of the SDK', async () => {
    const sentence =
      'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    opened.closeCapacity('FARGATE_SPOT', sentence);
    const order = { ...newOrder(), capacityProvider: 'FARGATE_SPOT' };
    expect(await runs.launch(order)).toEqual({
      kind: 'refused',
      cause: 'capacity',
      why: sentence,
      isOfToken: true,
    });
    opened.openCapacity('FARGATE_SPOT');
  });

  test('describes a run from accepted to stopped, with startedBy and the reason of the end from ECS', async () => {
    const order = newOrder();
    const arn = await accepted(order);
    await until('it to run', async () => (await statusOf(arn)) === 'running');
    const { found } = await runs.describe([arn]);
    expect(found).toEqual([
      expect.objectContaining({
        ecsTaskArn: arn,
        status: 'running',
        startedBy: order.startedBy,
        startedAt: expect.any(Number),
        createdAt: expect.any(Number),
      }),
    ]);
    await runs.stop(arn, 'cancelled by the test');
    await until('its end', async () => (await statusOf(arn)) === 'stopped');
    const after = await runs.describe([arn]);
    expect(after.found[0]).toMatchObject({
      status: 'stopped',
      stop: { stopCode: 'UserInitiated', stoppedReason: 'cancelled by the test', exitCode: 143 },
    });
    expect(after.found[0]?.ecsVersion).toBeGreaterThan(found[0]?.ecsVersion ?? 0);
  });

  test('answers stopped for a repeated launch of a run that has stopped, and finds it among those of its family', async () => {
    const order = newOrder();
    const arn = await accepted(order);
    await runs.stop(arn, 'test');
    await until('its end', async () => (await statusOf(arn)) === 'stopped');
    expect(await runs.launch(order)).toEqual({ kind: 'stopped', ecsTaskArn: arn });
    expect(await runs.traces(order)).toContain(arn);
  });

  const listed = async (): Promise<readonly string[]> => {
    const arns: string[] = [];
    let after: string | undefined;
    do {
      const page = await runs.list(after);
      expect(page?.ecsTaskArns.length).toBeLessThanOrEqual(100);
      arns.push(...(page?.ecsTaskArns ?? []));
      after = page?.next;
    } while (after !== undefined);
    return arns;
  };

  test('lists the runs that should run, a hundred on a page, and describes a hundred with one call', async () => {
    const before = await listed();
    const arns: string[] = [];
    for (let at = 0; at < 105; at++) arns.push(await accepted(newOrder()));
    const all = await listed();
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(expect.arrayContaining(arns));
    expect(all).toHaveLength(before.length + arns.length);
    const some = arns.slice(0, 100);
    const { found, missing } = await runs.describe(some);
    expect(found.map((one) => one.ecsTaskArn).sort()).toEqual([...some].sort());
    expect(missing).toEqual([]);
    await expect(runs.describe(arns)).rejects.toThrow('100');
    const [first = ''] = arns;
    await runs.stop(first, 'test');
    expect(await listed()).not.toContain(first);
  });

  test('reports that ECS does not know a token of its list', async () => {
    expect(await runs.list('from-another-day')).toBeUndefined();
  });

  test('names the runs that ECS does not know, and stops them without an error', async () => {
    const gone = `arn:aws:ecs:eu-central-1:123456789012:task/${cluster}/${'0'.repeat(32)}`;
    expect(await runs.describe([gone])).toEqual({ found: [], missing: [gone] });
    expect(await runs.describe([])).toEqual({ found: [], missing: [] });
    await expect(runs.stop(gone, 'test')).resolves.toBeUndefined();
    const taskDefinition = newOrder().taskDefinition.replace(/[^/]*$/, 'davit_nobody:1');
    expect(await runs.traces({ ...newOrder(), taskDefinition })).toEqual([]);
  });
});
