import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ssmTools } from '../../shared/aws/tools.ts';
import { versionItems } from '../../shared/aws/version-items.ts';
import type { Release } from '../../shared/core/tool.ts';
import type { Tools } from '../../shared/ports.ts';
import { liveText } from '../../shared/wire/live.ts';
import { openContractEndpoint } from '../kit/endpoint.ts';
import { echoSpec } from '../kit/site.ts';
import { type MemoryTool, memoryTools } from '../memory/tools.ts';

interface Opened {
  readonly tools: Tools;
  readonly set: (tool: string, state: MemoryTool) => Promise<void>;
  readonly register: (release: Release, broken?: string) => Promise<void>;
  /** Everything that was found before may be forgotten. */
  readonly later: () => void;
  readonly unreachable: () => Tools;
  readonly close: () => Promise<void>;
}

const inMemory = async (): Promise<Opened> => {
  const tools = memoryTools();
  return {
    tools,
    set: async (tool, state) => tools.set(tool, state),
    register: async (release, broken) => {
      tools.register(release);
      if (broken !== undefined) tools.break(release.tool, release.version, broken);
    },
    later: () => {},
    unreachable: () => {
      const gone = memoryTools();
      gone.disconnect('echo could not be read from SSM');
      return gone;
    },
    close: async () => {},
  };
};

const prefix = '/davit/test/tools';

const overEndpoint = async (): Promise<Opened> => {
  const endpoint = await openContractEndpoint();
  const { table } = endpoint;
  const client = new SSMClient(endpoint.config);
  const dynamodb = new DynamoDBClient(endpoint.config);
  const versions = versionItems({ client: dynamodb, table });
  let now = 0;
  const put = async (Name: string, Value: string | undefined): Promise<void> => {
    if (Value !== undefined) {
      await client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
    } else await client.send(new DeleteParameterCommand({ Name })).catch(() => {});
  };
  return {
    tools: ssmTools({ client, prefix, readVersion: versions.readVersion, now: () => now }),
    set: async (tool, { spec, live, paused, allPaused, stageMaxRunning }) => {
      await put('/davit/test/paused', allPaused);
      await put('/davit/test/maxRunning', stageMaxRunning?.toString());
      await put(`${prefix}/${tool}/spec`, JSON.stringify(spec));
      await put(`${prefix}/${tool}/paused`, paused);
      const record =
        live && liveText({ release: live, pinVersion: 1, specVersion: 1, changedAt: 0 });
      await put(`${prefix}/${tool}/live`, record);
    },
    register: async (release, broken) => {
      await versions.saveVersion({
        ...release,
        specVersion: 1,
        registeredAt: Date.UTC(2026, 10, 1),
        failedStarts: 0,
        ...(broken === undefined ? {} : { broken }),
      });
    },
    later: () => {
      now += 5000;
    },
    unreachable: () => {
      const config = { ...endpoint.config, endpoint: 'http://127.0.0.1:9', maxAttempts: 1 };
      const nowhere = versionItems({ client: new DynamoDBClient(config), table });
      const { readVersion } = nowhere;
      return ssmTools({ client: new SSMClient(config), prefix, readVersion, now: () => now });
    },
    close: async () => {
      client.destroy();
      dynamodb.destroy();
      await endpoint.close();
    },
  };
};

const release = (version: string): Release => ({
  tool: 'echo',
  version,
  definitions: { fargate: `arn:aws:ecs:eu-central-1:123456789012:task-definition/echo:${version}` },
  imageDigest: `sha256:${version}`,
  spec: echoSpec,
});

describe.each([
  ['memory', inMemory],
  ['the local endpoint', overEndpoint],
] as const)('the tools over %s', (_name, open) => {
  let opened: Opened;
  let tools: Tools;
  beforeAll(async () => {
    opened = await open();
    tools = opened.tools;
  });
  beforeEach(() => opened.later());
  afterAll(() => opened.close());

  test('answer unknown for a tool that was never deployed, with any name', async () => {
    for (const name of ['unknown', 'a/b', 'ö', '', '../spec', 'x'.repeat(500)]) {
      expect(await tools.find(name)).toEqual({ kind: 'unknown' });
    }
  });

  test('find a deployed tool at once, also one that was unknown a moment ago', async () => {
    expect(await tools.find('fresh')).toEqual({ kind: 'unknown' });
    await opened.set('fresh', { spec: echoSpec });
    expect(await tools.find('fresh')).toEqual({ kind: 'known', spec: echoSpec });
  });

  test('say of a tool that was never deployed whether the stage has a limit', async () => {
    await opened.set('other', { spec: echoSpec, stageMaxRunning: 7 });
    expect(await tools.find('unknown')).toEqual({ kind: 'unknown', hasStageLimit: true });
    await opened.set('other', { spec: echoSpec });
    expect(await tools.find('unknown')).toEqual({ kind: 'unknown' });
  });

  test('return the live release and the reason why a tool is paused', async () => {
    await opened.set('echo', { spec: echoSpec, live: release('1.0.0'), paused: 'moving house' });
    expect(await tools.find('echo')).toEqual({
      kind: 'known',
      spec: echoSpec,
      live: release('1.0.0'),
      paused: 'moving house',
    });
  });

  test('say why every tool is paused', async () => {
    await opened.set('echo', { spec: echoSpec, allPaused: 'maintenance' });
    opened.later();
    expect(await tools.find('echo')).toEqual({
      kind: 'known',
      spec: echoSpec,
      allPaused: 'maintenance',
    });
    await opened.set('echo', { spec: echoSpec });
    opened.later();
    expect(await tools.find('echo')).toEqual({ kind: 'known', spec: echoSpec });
  });

  test('say how many runs the stage may have', async () => {
    await opened.set('echo', { spec: echoSpec, stageMaxRunning: 7 });
    opened.later();
    expect(await tools.find('echo')).toEqual({
      kind: 'known',
      spec: echoSpec,
      stageMaxRunning: 7,
    });
    await opened.set('echo', { spec: echoSpec });
    opened.later();
    expect(await tools.find('echo')).toEqual({ kind: 'known', spec: echoSpec });
  });

  test('return the live release at the latest five seconds after it changed', async () => {
    await opened.set('echo', { spec: echoSpec, live: release('1.0.0') });
    await tools.find('echo');
    const spec = { ...echoSpec, attempts: 9 };
    await opened.set('echo', { spec, live: release('1.1.0') });
    opened.later();
    expect(await tools.find('echo')).toEqual({ kind: 'known', spec, live: release('1.1.0') });
  });

  test('answer whether a version is registered, broken, or neither', async () => {
    await opened.register(release('2.0.0'));
    await opened.register(release('2.1.0'), 'three starts failed in a row');
    expect(await tools.version('echo', '2.0.0')).toEqual({
      kind: 'registered',
      release: release('2.0.0'),
    });
    expect(await tools.version('echo', '2.1.0')).toEqual({
      kind: 'broken',
      why: 'three starts failed in a row',
    });
    expect(await tools.version('echo', '9.9.9')).toEqual({ kind: 'unregistered' });
    expect(await tools.version('other', '2.0.0')).toEqual({ kind: 'unregistered' });
  });

  test('return a sentence, and throw nothing, when SSM cannot be reached', async () => {
    const unreachable = opened.unreachable();
    expect(await unreachable.find('echo')).toEqual({
      kind: 'unreadable',
      why: expect.stringMatching(/could not be read from SSM/),
    });
    expect(await unreachable.version('echo', '1.0.0')).toEqual({
      kind: 'unreadable',
      why: expect.stringMatching(/.+/),
    });
  });
});
