import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { eventBus } from '../../shared/aws/bus.ts';
import { anyTask } from '../kit/arbitrary-task.ts';

const [task] = fc.sample(anyTask, { numRuns: 1, seed: 1 });
if (!task) throw new Error('No sample of a task');
const effect = {
  kind: 'notify',
  id: `${task.taskId}/1/bus.succeeded`,
  run: 1,
  to: 'bus',
  what: 'succeeded',
  at: Date.UTC(2026, 10, 24),
  sequence: 7,
  body: { run: 1, attempts: 1, tenant: 'default', tool: 'echo' },
} as const;

describe('a bus that does not accept an event', () => {
  const client = new EventBridgeClient({ region: 'eu-central-1' });
  const events = mockClient(client);
  const bus = eventBus({ client, bus: 'davit', source: '/davit/test' });
  afterEach(() => events.reset());

  test('answers with status 200, and that counts as a failure', async () => {
    const entry = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
    events.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [entry] });
    expect(await bus.put(task, effect)).toEqual({
      kind: 'failed',
      why: 'ThrottlingException: Rate exceeded',
    });
  });

  test('is a failure, and throws nothing, when it cannot be reached', async () => {
    events.on(PutEventsCommand).rejects(new Error('socket hang up'));
    expect(await bus.put(task, effect)).toEqual({ kind: 'failed', why: 'socket hang up' });
  });
});
