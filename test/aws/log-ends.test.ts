import {
  CloudWatchLogsClient,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { logEnds } from '../../shared/aws/log-ends.ts';
import { NotAsked } from '../../shared/core/unreachable.ts';
import { arnOf } from '../kit/facts.ts';

const open = () => {
  const mock = mockClient(CloudWatchLogsClient);
  const client = new CloudWatchLogsClient({ region: 'eu-central-1' });
  const logs = logEnds({ client, group: '/davit/test/tools', pace: { next: async () => {} } });
  return { mock, logs };
};

const event = (message: string, timestamp = 5) => ({ timestamp, message });

describe('the end of a log', () => {
  it('is read by one call of bounded size, from the stream of the ECS task', async () => {
    const { mock, logs } = open();
    mock.on(GetLogEventsCommand).resolves({ events: [] });
    await logs.end(arnOf(1));
    expect(mock.commandCalls(GetLogEventsCommand).map(({ args }) => args[0].input)).toEqual([
      {
        logGroupName: '/davit/test/tools',
        logStreamName: `tool/tool/${arnOf(1).split('/').at(-1)}`,
        startFromHead: false,
        limit: 1_000,
      },
    ]);
  });

  it('has the last lines without those for Davit, each cut, and the last result that can be used', async () => {
    const { mock, logs } = open();
    const lines = Array.from({ length: 30 }, (_, n) => event(`line ${n} ${'x'.repeat(9_000)}`));
    mock.on(GetLogEventsCommand).resolves({
      events: [...lines, event('DAVIT_RESULT {"a":1}', 7), event('DAVIT_RESULT {', 8)],
    });
    const end = await logs.end(arnOf(1));
    expect(end?.lines).toHaveLength(20);
    expect(end?.lines.every((line) => line.length <= 4_000)).toBe(true);
    expect(end?.result).toMatchObject({ kind: 'result', at: 7, json: '{"a":1}' });
  });

  it('says why the only result cannot be used', async () => {
    const { mock, logs } = open();
    mock.on(GetLogEventsCommand).resolves({ events: [event('DAVIT_RESULT {')] });
    expect((await logs.end(arnOf(1)))?.result).toMatchObject({ why: expect.any(String) });
  });

  it('is undefined where there is no such log', async () => {
    const { mock, logs } = open();
    mock
      .on(GetLogEventsCommand)
      .rejects(new ResourceNotFoundException({ message: 'no stream', $metadata: {} }));
    for (let reads = 0; reads < 5; reads += 1) expect(await logs.end(arnOf(1))).toBeUndefined();
  });

  it('is not asked for again where the log service failed three times in a row', async () => {
    const { mock, logs } = open();
    mock.on(GetLogEventsCommand).rejects(new Error('it hangs'));
    for (let reads = 0; reads < 3; reads += 1)
      await expect(logs.end(arnOf(1))).rejects.toThrow(/could not be read: it hangs/);
    const refused = logs.end(arnOf(1));
    await expect(refused).rejects.toThrow(/did not answer a moment ago/);
    await expect(refused).rejects.toBeInstanceOf(NotAsked);
    expect(mock.calls()).toHaveLength(3);
  });

  it('is read of 150 runs in one invocation, so that other work does not wait', async () => {
    const { mock, logs } = open();
    mock.on(GetLogEventsCommand).resolves({ events: [] });
    for (let reads = 0; reads < 150; reads += 1) await logs.end(arnOf(1));
    const refused = logs.end(arnOf(1));
    await expect(refused).rejects.toThrow(/150 other logs/);
    await expect(refused).rejects.toBeInstanceOf(NotAsked);
  });
});
