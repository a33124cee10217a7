import { describe, expect, it } from 'vitest';
import {
  ended,
  newPoller,
  nextPollAt,
  type PollerOptions,
  poll,
} from '../../../models/sqs/poller.ts';
import { call, newQueues } from '../../../models/sqs/queues.ts';
import { seeded } from '../seeded.ts';

const mapping = (options: Partial<PollerOptions> = {}) => {
  const queues = newQueues([
    {
      name: 'events',
      visibilityTimeoutMs: 1000,
      redrive: { deadQueue: 'dead', maxReceiveCount: 3 },
    },
    { name: 'dead' },
  ]);
  let state = newPoller(queues, { queue: 'events', ...options });
  let now = 0;
  const rng = seeded(5);
  return {
    send: (...bodies: readonly string[]) => {
      for (const MessageBody of bodies) {
        const input = { QueueUrl: 'events', MessageBody };
        const done = call(state.queues, { action: 'SendMessage', input }, now, rng);
        state = { ...state, queues: done.state };
      }
    },
    poll: () => {
      const done = poll(state, now, rng);
      state = done.state;
      return done.invocations;
    },
    returned: (batch: number, value: unknown) => {
      state = ended(state, { batch, result: { kind: 'returned', value } });
    },
    failed: (batch: number) => {
      state = ended(state, { batch, result: { kind: 'failed' } });
    },
    wait: (ms: number) => {
      now += ms;
    },
    nextAt: () => nextPollAt(state, now),
    left: (queue = 'events') => state.queues.queues[queue]?.messages.map(({ body }) => body),
  };
};

const bodiesOf = (invocations: ReturnType<ReturnType<typeof mapping>['poll']>) =>
  invocations.map(({ event }) => event.Records.map(({ body }) => body).toSorted());

describe('the mapping of a queue', () => {
  it('invokes the function with batches, and deletes them when it returned', () => {
    const lambda = mapping({ batchSize: 2 });
    lambda.send('a', 'b', 'c');
    const invocations = lambda.poll();
    expect(bodiesOf(invocations).flat().toSorted()).toEqual(['a', 'b', 'c']);
    expect(invocations.map(({ event }) => event.Records.length)).toEqual([2, 1]);
    expect(invocations[0]?.event.Records[0]).toMatchObject({
      attributes: { ApproximateReceiveCount: '1' },
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:events',
    });
    expect(lambda.poll()).toEqual([]);
    for (const { batch } of invocations) lambda.returned(batch, undefined);
    expect(lambda.left()).toEqual([]);
    expect(lambda.nextAt()).toBeUndefined();
  });

  it('waits for a full batch as long as the window', () => {
    const lambda = mapping({ batchSize: 3, windowMs: 200 });
    lambda.send('a');
    expect(lambda.poll()).toEqual([]);
    expect(lambda.nextAt()).toBe(200);
    lambda.wait(100);
    lambda.send('b');
    expect(lambda.poll()).toEqual([]);
    lambda.wait(100);
    expect(bodiesOf(lambda.poll())).toEqual([['a', 'b']]);
    lambda.send('c', 'd', 'e');
    expect(bodiesOf(lambda.poll())).toEqual([['c', 'd', 'e']]);
  });

  it('runs no more batches at once than it may', () => {
    const lambda = mapping({ batchSize: 1, maxConcurrency: 2 });
    lambda.send('a', 'b', 'c');
    expect(lambda.poll()).toHaveLength(2);
    expect(lambda.nextAt()).toBeUndefined();
    lambda.returned(1, undefined);
    expect(lambda.poll()).toHaveLength(1);
  });

  it('brings a failed batch again after the visibility timeout, and a poison message to the dead-letter queue', () => {
    const lambda = mapping();
    lambda.send('poison');
    for (const batch of [1, 2, 3]) {
      expect(lambda.poll()).toMatchObject([{ batch }]);
      lambda.failed(batch);
      expect(lambda.poll()).toEqual([]);
      lambda.wait(999);
      expect(lambda.poll()).toEqual([]);
      lambda.wait(1);
    }
    expect(lambda.poll()).toEqual([]);
    expect(lambda.left('dead')).toEqual(['poison']);
  });

  it('brings only the messages again that the function names', () => {
    const lambda = mapping({ reportsItems: true });
    lambda.send('a', 'b');
    const [invocation] = lambda.poll();
    const id = invocation?.event.Records.find(({ body }) => body === 'b')?.messageId;
    lambda.returned(1, { batchItemFailures: [{ itemIdentifier: id }] });
    expect(lambda.left()).toEqual(['b']);
    lambda.wait(1000);
    expect(bodiesOf(lambda.poll())).toEqual([['b']]);
  });

  it.each([
    ['an unknown id', { batchItemFailures: [{ itemIdentifier: 'x' }] }, ['a']],
    ['no list', { batchItemFailures: 'a' }, ['a']],
    ['no object', 'done', ['a']],
    ['an empty list', { batchItemFailures: [] }, []],
    ['nothing', null, []],
  ])('takes an answer with %s as Lambda does', (_what, value, left) => {
    const lambda = mapping({ reportsItems: true });
    lambda.send('a');
    lambda.poll();
    lambda.returned(1, value);
    expect(lambda.left()).toEqual(left);
  });

  it('does not read the answer of a function that does not report items', () => {
    const lambda = mapping();
    lambda.send('a');
    lambda.poll();
    lambda.returned(1, { batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(lambda.left()).toEqual([]);
  });
});
