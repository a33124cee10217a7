import { randomUUID } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { awsReleases } from '../../shared/aws/releases.ts';
import type { Pin, VersionRecord } from '../../shared/core/release.ts';
import type { Live, ToolSpec } from '../../shared/core/tool.ts';
import type { Releases } from '../../shared/ports/releases.ts';
import { liveOf } from '../../shared/wire/live.ts';
import { openContractEndpoint } from '../kit/endpoint.ts';
import { definitionSite, echoSpec } from '../kit/site.ts';
import { memoryReleases } from '../memory/releases.ts';

interface Opened {
  readonly releases: Releases;
  readonly setSpec: (tool: string, spec: ToolSpec) => Promise<void>;
  readonly spoilSpec: (tool: string) => Promise<void>;
  readonly pin: (tool: string, version: string) => Promise<void>;
  readonly push: (image: string, version: string, digest: string) => void;
  readonly unpin: (tool: string) => Promise<void>;
  readonly live: (tool: string) => Promise<Live | undefined>;
  readonly close: () => Promise<void>;
}

const inMemory = async (): Promise<Opened> => {
  const releases = memoryReleases();
  return {
    releases,
    setSpec: async (tool, spec) => releases.setSpec(tool, spec),
    spoilSpec: async (tool) => releases.setSpec(tool, { fault: 'it is not JSON; deploy again' }),
    pin: async (tool, version) => releases.pin(tool, version),
    unpin: async (tool) => releases.unpin(tool),
    push: releases.push,
    live: async (tool) => releases.live(tool),
    close: async () => {},
  };
};

const prefix = '/davit/test/tools';

interface OverEndpoint extends Opened {
  /** The same for another invocation. */
  readonly others: Releases;
  readonly ecs: ECSClient;
  readonly spoilLive: (tool: string) => Promise<void>;
  /** Writes attributes of its claim by hand. */
  readonly spoilClaim: (tool: string, fields: Readonly<Record<string, unknown>>) => Promise<void>;
}

const overEndpoint = async (): Promise<OverEndpoint> => {
  const endpoint = await openContractEndpoint();
  const [ssm, ecr, ecs, dynamodb] = [
    new SSMClient(endpoint.config),
    new ECRClient(endpoint.config),
    new ECSClient(endpoint.config),
    new DynamoDBClient(endpoint.config),
  ] as const;
  const put = async (Name: string, Value: string): Promise<void> => {
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  };
  const { table } = endpoint;
  const site = definitionSite;
  const releasesOf = () =>
    awsReleases({ ssm, ecr, ecs, dynamodb, table, prefix, site, newId: randomUUID });
  return {
    releases: releasesOf(),
    others: releasesOf(),
    spoilClaim: async (tool, fields) => {
      const Item = marshall({ taskId: `#live/${tool}`, ...fields });
      await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
    },
    setSpec: (tool, spec) => put(`${prefix}/${tool}/spec`, JSON.stringify(spec)),
    spoilSpec: (tool) => put(`${prefix}/${tool}/spec`, '{'),
    pin: (tool, version) => put(`${prefix}/${tool}/version`, version),
    unpin: async (tool) => {
      await ssm.send(new DeleteParameterCommand({ Name: `${prefix}/${tool}/version` }));
    },
    push: endpoint.push,
    live: async (tool) => {
      const Name = `${prefix}/${tool}/live`;
      const answer = await ssm.send(new GetParameterCommand({ Name })).catch(() => undefined);
      return answer?.Parameter?.Value === undefined ? undefined : liveIn(answer.Parameter.Value);
    },
    ecs,
    spoilLive: (tool: string) => put(`${prefix}/${tool}/live`, '{'),
    close: async () => {
      for (const client of [ssm, ecr, ecs, dynamodb]) client.destroy();
      await endpoint.close();
    },
  };
};

const liveIn = (text: string): Live => {
  const read = liveOf(text);
  if ('fault' in read) throw new Error(read.fault);
  return read.live;
};

const minute = 60_000;
const release = (tool: string) => ({
  tool,
  version: '1.0.0',
  definitions: { fargate: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/echo:1' },
  spec: echoSpec,
});

type Writable<T> = { -readonly [K in keyof T]: T[K] };

let count = 0;

describe.each([
  ['memory', inMemory],
  ['the local endpoint', overEndpoint],
] as const)('the releases over %s', (_name, open) => {
  let opened: Opened;
  let releases: Releases;
  let tool: string;
  beforeAll(async () => {
    opened = await open();
    releases = opened.releases;
  });
  beforeEach(() => {
    count += 1;
    tool = `tool-${count}`;
  });
  afterAll(() => opened.close());

  const pinNow = async (): Promise<Pin> => {
    const { pins } = await releases.pins();
    const pin = pins.find((one) => one.tool === tool);
    if (!pin) throw new Error(`No pin of ${tool}`);
    return pin;
  };

  test('compare the pinned, the deployed and the live version, with the version of each parameter', async () => {
    await opened.setSpec(tool, echoSpec);
    expect(await pinNow()).toEqual({
      tool,
      spec: echoSpec,
      specVersion: 1,
      pinVersion: 0,
      changedAt: expect.any(Number),
    });
    await opened.pin(tool, '1.0.0');
    await opened.pin(tool, '1.1.0');
    const live = { release: release(tool), pinVersion: 1, specVersion: 1, changedAt: 0 };
    await releases.saveLive(tool, live);
    expect(await pinNow()).toEqual({
      tool,
      spec: echoSpec,
      specVersion: 1,
      version: '1.1.0',
      pinVersion: 2,
      pinnedAt: expect.any(Number),
      changedAt: expect.any(Number),
      live,
    });
  });

  test('read all tools, however many, and name those whose spec cannot be read', async () => {
    const many = Array.from({ length: 12 }, (_, at) => `${tool}-${at}`);
    for (const one of many) {
      await opened.setSpec(one, echoSpec);
      await opened.pin(one, '1.0.0');
    }
    await opened.spoilSpec(tool);
    await opened.pin(`${tool}-orphan`, '1.0.0');
    const { pins, bad } = await releases.pins();
    expect(pins.map((one) => one.tool)).toEqual(expect.arrayContaining(many));
    expect(bad).toContainEqual({ tool, why: expect.stringMatching(/deploy again/) });
    expect(bad).toContainEqual({
      tool: `${tool}-orphan`,
      why: expect.stringMatching(/has no spec/),
    });
  });

  test('let one release claim a move, and another only after a minute', async () => {
    await opened.setSpec(tool, echoSpec);
    await opened.pin(tool, '1.0.0');
    const pin = await pinNow();
    const claims = await Promise.all([releases.claim(pin, 0), releases.claim(pin, 0)]);
    expect(claims.sort()).toEqual([false, true]);
    expect(await releases.claim(pin, minute - 1)).toBe(false);
    expect(await releases.claim(pin, minute)).toBe(true);
  });

  test('never let an older pin or spec be claimed after the claim of a newer one was closed', async () => {
    await opened.setSpec(tool, echoSpec);
    await opened.pin(tool, '1.0.0');
    const older = await pinNow();
    await opened.pin(tool, '1.1.0');
    await opened.setSpec(tool, { ...echoSpec, attempts: 5 });
    const newer = await pinNow();
    expect(await releases.claim(newer, 0)).toBe(true);
    await releases.closeClaim(newer);
    expect(await releases.claim(older, 0)).toBe(false);
    expect(await releases.claim({ ...newer, specVersion: older.specVersion }, 0)).toBe(false);
    expect(await releases.claim({ ...newer, pinVersion: newer.pinVersion + 1 }, 0)).toBe(true);
  });

  test('do not close a claim that another has taken over', async () => {
    await opened.setSpec(tool, echoSpec);
    await opened.pin(tool, '1.0.0');
    const slow = await pinNow();
    await releases.claim(slow, 0);
    await opened.pin(tool, '1.1.0');
    const next = await pinNow();
    expect(await releases.claim(next, minute)).toBe(true);
    await releases.closeClaim(slow);
    expect(await releases.claim({ ...next, pinVersion: 3 }, minute)).toBe(false);
    await releases.closeClaim(next);
    expect(await releases.claim(slow, 10 * minute)).toBe(false);
  });

  test('let a pin whose claim was closed be claimed again, to correct an older record or to register it again', async () => {
    await opened.setSpec(tool, echoSpec);
    await opened.pin(tool, '1.0.0');
    await opened.pin(tool, '1.1.0');
    const pin = await pinNow();
    await releases.claim(pin, 0);
    await releases.closeClaim(pin);
    expect(await releases.claim(pin, 0)).toBe(true);
    expect(await releases.claim(pin, minute - 1)).toBe(false);
  });

  test('show by a digest whether a version would be registered differently', async () => {
    const version = { tool, version: '1.0.0', spec: echoSpec };
    const digest = releases.definitionDigest(version);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(releases.definitionDigest({ ...version, spec: { ...echoSpec, attempts: 9 } })).toBe(
      digest,
    );
    for (const other of [
      { ...version, version: '1.1.0' },
      { ...version, spec: { ...echoSpec, memoryMiB: 1024 } },
      { ...version, spec: { ...echoSpec, placements: ['cpu', 'gpu'] as const } },
    ])
      expect(releases.definitionDigest(other)).not.toBe(digest);
  });

  test('let a pin be claimed that was deleted and written again, though its versions count from 1', async () => {
    await opened.setSpec(tool, echoSpec);
    await opened.pin(tool, '1.0.0');
    await opened.pin(tool, '1.1.0');
    const before = await pinNow();
    await releases.claim(before, 0);
    await releases.closeClaim(before);
    await opened.unpin(tool);
    await opened.pin(tool, '1.2.0');
    const again = await pinNow();
    expect(again.pinVersion).toBe(1);
    const live = { ...before, release: release(tool) };
    expect(await releases.claim({ ...again, live }, minute)).toBe(true);
  });

  test('find the digest of an image that was pushed, and of no other', async () => {
    opened.push('echo', '1.0.0', 'sha256:abc');
    expect(await releases.imageDigest('echo', '1.0.0')).toBe('sha256:abc');
    expect(await releases.imageDigest('echo', '9.9.9')).toBeUndefined();
    expect(await releases.imageDigest('nothing', '1.0.0')).toBeUndefined();
  });

  test('register a version for a kind of hosts, as a revision of its own family', async () => {
    const answer = await releases.register(
      { tool: 'echo', version: '1.0.0', spec: echoSpec },
      'fargate',
    );
    const family = 'task-definition/davit_test_echo_1_0_0_fargate:1';
    expect(answer).toEqual({ arn: `arn:aws:ecs:eu-central-1:123456789012:${family}` });
  });

  test('keep the record of a version, without the fields that a later write leaves out', async () => {
    const record: Writable<VersionRecord> = {
      tool,
      version: '1.0.0',
      imageDigest: 'sha256:abc',
      movedFrom: { imageDigest: 'sha256:000', at: 1_700_000_000_000 },
      definitions: { fargate: 'arn:1', hosts: 'arn:2' },
      definitionDigest: 'd1',
      spec: { ...echoSpec, exitCodes: { '7': 'retry' }, maxRunning: 3, maxPerTenant: 2 },
      specVersion: 4,
      registeredAt: 1_700_000_000_123,
      provenAt: 1_700_000_060_000,
      broken: 'three starts failed in a row',
      failedStarts: 3,
    };
    expect(await releases.readVersion(tool, '1.0.0')).toBeUndefined();
    await releases.saveVersion(record);
    expect(await releases.readVersion(tool, '1.0.0')).toEqual({ ...record, revision: 1 });
    const again = { ...record, failedStarts: 0 };
    delete again.broken;
    delete again.provenAt;
    delete again.movedFrom;
    delete again.imageDigest;
    await releases.saveVersion(again);
    expect(await releases.readVersion(tool, '1.0.0')).toEqual({ ...again, revision: 2 });
    // Another writer was faster than one that has read the first record.
    expect(await releases.saveVersion(record, { ...record, revision: 1 })).toBe(false);
    expect(await releases.saveVersion(record, { ...again, revision: 2 })).toBe(true);
  });

  test('write the live record with the last refusal', async () => {
    const refusal = { version: '1.1.0', why: 'there is no image', at: 1_700_000_000_000 };
    const imageDigest = 'sha256:abc';
    const named = { ...release(tool), imageDigest };
    const live = { release: named, pinVersion: 2, specVersion: 1, changedAt: 0, refusal };
    const made = { ...live, definitionDigest: 'd1' };
    await releases.saveLive(tool, made);
    expect(await opened.live(tool)).toEqual(made);
  });
});

describe('the releases over the local endpoint', () => {
  let opened: Awaited<ReturnType<typeof overEndpoint>>;
  beforeAll(async () => {
    opened = await overEndpoint();
  });
  afterAll(() => opened.close());

  test('register a container with its image, its size and its log group', async () => {
    const { releases, ecs } = opened;
    const imageDigest = `sha256:${'a'.repeat(64)}`;
    await releases.register(
      { tool: 'echo', version: '1.0.0', imageDigest, spec: echoSpec },
      'fargate',
    );
    const taskDefinition = 'davit_test_echo_1_0_0_fargate';
    const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    expect(answer.taskDefinition).toMatchObject({
      cpu: '256',
      memory: '512',
      networkMode: 'awsvpc',
      executionRoleArn: definitionSite.executionRole,
      taskRoleArn: definitionSite.taskRole,
      containerDefinitions: [
        {
          name: 'tool',
          image: `${definitionSite.registry}/echo@${imageDigest}`,
          essential: true,
          stopTimeout: 30,
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': '/davit/test/tools', 'awslogs-stream-prefix': 'tool' },
          },
        },
      ],
    });
  });

  test('return the error text of ECS when it refuses', async () => {
    const spec = { ...echoSpec, cpu: 256, memoryMiB: 100_000 };
    const answer = await opened.releases.register(
      { tool: 'echo', version: '2.0.0', spec },
      'fargate',
    );
    expect(answer).toEqual({ refused: 'No Fargate configuration exists for given values.' });
  });

  test('treat a live record that cannot be read as missing, so that it is written again', async () => {
    await opened.setSpec('spoiled', echoSpec);
    await opened.pin('spoiled', '1.0.0');
    await opened.spoilLive('spoiled');
    const { pins, bad } = await opened.releases.pins();
    const pin = pins.find(({ tool }) => tool === 'spoiled');
    expect(bad).toEqual([]);
    expect(pin).toMatchObject({
      version: '1.0.0',
      liveFault: expect.stringMatching(/pin the vers/),
    });
    expect(pin).not.toHaveProperty('live');
    expect(pin && (await opened.releases.claim(pin, 0))).toBe(true);
  });

  test('close only the claim of their own invocation, when the SDK repeats a call whose answer was lost', async () => {
    await opened.setSpec('repeated', echoSpec);
    await opened.pin('repeated', '1.0.0');
    const { pins } = await opened.releases.pins();
    const pin = pins.find(({ tool }) => tool === 'repeated');
    if (!pin) throw new Error('there is no pin');
    await opened.releases.claim(pin, 0);
    await opened.releases.closeClaim(pin);
    expect(await opened.others.claim(pin, 0)).toBe(true);
    await opened.releases.closeClaim(pin);
    expect(await opened.releases.claim({ ...pin, pinVersion: 2 }, 1)).toBe(false);
  });

  test('can be claimed and closed over a claim that was not written by release', async () => {
    const hand = [
      { changedAt: '9999-12-31T23:59:59.999Z', pinVersion: 1, specVersion: 1 },
      { changedAt: 1e15, pinVersion: 1e15, specVersion: 'x' },
      { claimedFor: 'me', claimedUntil: '9999-12-31T23:59:59.999Z' },
      { claimedFor: 'me', claimedUntil: 9 },
    ];
    await opened.setSpec('claimed', echoSpec);
    await opened.pin('claimed', '1.0.0');
    const { pins } = await opened.releases.pins();
    const pin = pins.find(({ tool }) => tool === 'claimed');
    if (!pin) throw new Error('there is no pin');
    for (const fields of hand) {
      await opened.spoilClaim('claimed', fields);
      expect(await opened.releases.claim(pin, pin.changedAt)).toBe(true);
      expect(await opened.releases.claim(pin, pin.changedAt)).toBe(false);
      await opened.releases.closeClaim(pin);
      expect(await opened.releases.claim({ ...pin, changedAt: 1 }, pin.changedAt)).toBe(false);
    }
  });

  test('do not write a live record that SSM cannot hold', async () => {
    const exitCodes = Object.fromEntries(
      Array.from({ length: 256 }, (_, code) => [code, 'succeed' as const]),
    );
    const live = {
      release: { ...release('big'), spec: { ...echoSpec, exitCodes } },
      pinVersion: 1,
      specVersion: 1,
      changedAt: 0,
    };
    await expect(opened.releases.saveLive('big', live)).rejects.toThrow(
      /must fit into 4096 bytes, .* tools.yml/,
    );
    const refusal = { version: '1.1.0', why: 'x'.repeat(9000), at: 0 };
    await opened.releases.saveLive('big', {
      release: release('big'),
      pinVersion: 1,
      specVersion: 1,
      changedAt: 0,
      refusal,
    });
    expect((await opened.live('big'))?.refusal?.why).toHaveLength(500);
  });
});
