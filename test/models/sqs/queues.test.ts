import { describe, expect, it } from 'vitest';
import { call, newQueues } from '../../../models/sqs/queues.ts';
import type { QueueAction, QueueOptions, QueuesState } from '../../../models/sqs/types.ts';
import { seeded } from '../seeded.ts';

const QueueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/events';

const queues = (options: Partial<QueueOptions> = {}) => {
  let state: QueuesState = newQueues([{ name: 'events', ...options }, { name: 'dead' }]);
  let now = 1000;
  const rng = seeded(3);
  const ask = (action: QueueAction, input: object) => {
    const done = call(state, { action, input: { QueueUrl, ...input } }, now, rng);
    state = done.state;
    return done.answer;
  };
  return {
    ask,
    send: (...bodies: readonly string[]) => {
      for (const MessageBody of bodies) ask('SendMessage', { MessageBody });
    },
    receive: (MaxNumberOfMessages = 10) => {
      const answer = ask('ReceiveMessage', { MaxNumberOfMessages });
      return answer.ok ? (answer.output.Messages ?? []) : [];
    },
    wait: (ms: number) => {
      now += ms;
    },
    state: () => state,
  };
};

describe('a queue', () => {
  it('hides a message from its receipt on, and shows it again when the visibility timeout is over', () => {
    const sqs = queues({ visibilityTimeoutMs: 500 });
    sqs.send('a');
    const [first] = sqs.receive();
    expect(first).toMatchObject({ Body: 'a', Attributes: { ApproximateReceiveCount: '1' } });
    sqs.wait(499);
    expect(sqs.receive()).toEqual([]);
    sqs.wait(1);
    const [again] = sqs.receive();
    expect(again).toMatchObject({
      MessageId: first?.MessageId,
      Attributes: { ApproximateReceiveCount: '2', ApproximateFirstReceiveTimestamp: '1000' },
    });
    expect(again?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
  });

  it('deletes a message by its last receipt alone', () => {
    const sqs = queues({ visibilityTimeoutMs: 0 });
    sqs.send('a');
    const [first] = sqs.receive();
    const [second] = sqs.receive();
    sqs.ask('DeleteMessage', { ReceiptHandle: first?.ReceiptHandle });
    expect(sqs.state().queues.events?.messages).toHaveLength(1);
    sqs.ask('DeleteMessage', { ReceiptHandle: second?.ReceiptHandle });
    expect(sqs.state().queues.events?.messages).toEqual([]);
    expect(sqs.ask('DeleteMessage', { ReceiptHandle: second?.ReceiptHandle }).ok).toBe(true);
  });

  it('has no order', () => {
    const bodies = Array.from({ length: 10 }, (_, at) => `${at}`);
    const sqs = queues();
    sqs.send(...bodies);
    const got = sqs.receive().map(({ Body }) => Body);
    expect(got).not.toEqual(bodies);
    expect(got.toSorted()).toEqual(bodies);
  });

  it('gives a message twice when the dice say so', () => {
    const sqs = queues({ doubles: 1 });
    sqs.send('a');
    expect([...sqs.receive(), ...sqs.receive()].map(({ Body }) => Body)).toEqual(['a', 'a']);
  });

  it('delays messages, all or one', () => {
    const sqs = queues({ delayMs: 100 });
    sqs.send('a');
    sqs.ask('SendMessage', { MessageBody: 'b', DelaySeconds: 0 });
    expect(sqs.receive().map(({ Body }) => Body)).toEqual(['b']);
    sqs.wait(100);
    expect(sqs.receive().map(({ Body }) => Body)).toEqual(['a']);
  });

  it('moves a message to the dead-letter queue instead of one receipt too many', () => {
    const sqs = queues({
      visibilityTimeoutMs: 1,
      redrive: { deadQueue: 'dead', maxReceiveCount: 2 },
    });
    sqs.send('poison');
    for (const _time of [1, 2]) {
      expect(sqs.receive()).toHaveLength(1);
      sqs.wait(1);
    }
    expect(sqs.receive()).toEqual([]);
    expect(sqs.state().queues.events?.messages).toEqual([]);
    expect(sqs.state().queues.dead?.messages).toMatchObject([{ body: 'poison', receives: 0 }]);
  });

  it.each([
    ['SendMessage', {}, 'InvalidParameterValue'],
    ['SendMessage', { MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
    ['SendMessage', { MessageBody: 'x', DelaySeconds: 901 }, 'InvalidParameterValue'],
    ['ReceiveMessage', { MaxNumberOfMessages: 11 }, 'InvalidParameterValue'],
    ['ReceiveMessage', { QueueUrl: 'https://x/none' }, 'QueueDoesNotExist'],
  ] as const)('refuses %s of %j', (action, input, code) => {
    expect(queues().ask(action, input)).toMatchObject({ ok: false, error: { code } });
  });
});
