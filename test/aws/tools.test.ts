import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';
import { ssmTools, type ToolsCache } from '../../shared/aws/tools.ts';
import { liveText } from '../../shared/wire/live.ts';
import { echoSpec } from '../kit/site.ts';

const client = new SSMClient({ region: 'eu-central-1' });
const ssm = mockClient(client);
const prefix = '/davit/test/tools';
let now = 0;

const toolsWith = (cache?: ToolsCache) =>
  ssmTools({
    client,
    prefix,
    readVersion: async () => undefined,
    now: () => now,
    ...(cache ? { cache } : {}),
  });

const found = (values: Readonly<Record<string, string>>) => {
  const parameters = Object.entries(values).map(([name, Value]) => ({
    Name: `${prefix}/echo/${name}`,
    Value,
  }));
  ssm.on(GetParametersCommand).resolves({ Parameters: parameters });
};
const calls = () => ssm.commandCalls(GetParametersCommand).length;

afterEach(() => ssm.reset());

describe('finding a tool', () => {
  test('calls SSM once for a batch, and again after five seconds', async () => {
    found({ spec: JSON.stringify(echoSpec) });
    const tools = toolsWith();
    await Promise.all(Array.from({ length: 100 }, () => tools.find('echo')));
    expect(calls()).toBe(1);
    now += 4999;
    await tools.find('echo');
    expect(calls()).toBe(1);
    now += 1;
    await tools.find('echo');
    expect(calls()).toBe(2);
  });

  test('uses the answers of an earlier invocation, when it gets its cache', async () => {
    found({ spec: JSON.stringify(echoSpec) });
    const cache: ToolsCache = new Map();
    await toolsWith(cache).find('echo');
    await toolsWith(cache).find('echo');
    expect(calls()).toBe(1);
  });

  test('does not cache a failed call', async () => {
    ssm.on(GetParametersCommand).rejects(new Error('Rate exceeded'));
    const tools = toolsWith();
    expect(await tools.find('echo')).toEqual({
      kind: 'unreadable',
      why: 'The parameters of echo could not be read from SSM: Rate exceeded',
    });
    found({ spec: JSON.stringify(echoSpec) });
    expect(await tools.find('echo')).toEqual({ kind: 'known', spec: echoSpec });
  });

  test('is not unknown when a parameter exists and cannot be read', async () => {
    found({ spec: '{' });
    expect(await toolsWith().find('echo')).toEqual({
      kind: 'unreadable',
      why: expect.stringMatching(/deploy again/),
    });
    found({ spec: JSON.stringify(echoSpec), live: '{}' });
    expect(await toolsWith().find('echo')).toEqual({
      kind: 'unreadable',
      why: expect.stringMatching(/live record/),
    });
  });

  test('goes on with the live spec when the deployed one is missing, and gives the last refusal', async () => {
    const release = {
      tool: 'echo',
      version: '1.0.0',
      definitions: { fargate: 'arn' },
      spec: echoSpec,
    };
    const refusal = { version: '1.1.0', why: 'there is no image', at: 1000 };
    found({ live: liveText({ release, pinVersion: 1, specVersion: 1, changedAt: 0, refusal }) });
    expect(await toolsWith().find('echo')).toEqual({
      kind: 'known',
      spec: echoSpec,
      live: release,
      refusal,
    });
  });
});
