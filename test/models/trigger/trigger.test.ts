import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TriggerOrder } from '../../../models/trigger/state.ts';
import { nextTickAt, roomIn } from '../../../models/trigger/trigger.ts';
import { arrive, type Driven, message, messageOfBytes, newDriven } from './kit.ts';

const mib = 1024 * 1024;
const tick = { kind: 'tick' } as const;

describe('a batch', () => {
  it('is invoked when it is full, with its messages in order', () => {
    const driven = newDriven({ batchSize: 3 });
    expect(arrive(driven, message(1), message(2))).toEqual([]);
    expect(arrive(driven, message(3))).toEqual(['invoke 1,2,3']);
    const [order] = driven.orders;
    const event = order?.kind === 'invoke' ? order.event : undefined;
    expect(event?.rmqMessagesByQueue['davit.tasks::/']).toHaveLength(3);
  });

  it('is invoked when the window of its first message ends', () => {
    const driven = newDriven({ windowMs: 500 });
    arrive(driven, message(1));
    driven.now += 400;
    arrive(driven, message(2));
    expect(nextTickAt(driven.state)).toBe(1500);
    driven.now = 1499;
    expect(driven.take(tick)).toEqual([]);
    driven.now = 1500;
    expect(driven.take(tick)).toEqual(['invoke 1,2']);
    expect(nextTickAt(driven.state)).toBeUndefined();
  });

  it('is invoked when the next message does not fit into 6 MB', () => {
    const driven = newDriven();
    expect(arrive(driven, messageOfBytes(1, 2 * mib), messageOfBytes(2, 2 * mib))).toEqual([]);
    expect(arrive(driven, messageOfBytes(3, 2 * mib))).toEqual(['invoke 1,2']);
    expect(driven.state.waiting.map(({ message: { tag } }) => tag)).toEqual([3]);
  });

  it('waits for the batch before it: there is one invocation at a time', () => {
    const driven = newDriven({ batchSize: 2 });
    arrive(driven, message(1), message(2));
    expect(arrive(driven, message(3), message(4), message(5))).toEqual([]);
    driven.now += 60_000;
    expect(driven.take(tick)).toEqual([]);
    expect(driven.take({ kind: 'returned', batch: 1 })).toEqual(['ack 1,2', 'invoke 3,4']);
    expect(driven.take({ kind: 'returned', batch: 2 })).toEqual(['ack 3,4', 'invoke 5']);
  });

  it('takes no more messages from the broker than fit into the next batch', () => {
    const driven = newDriven({ batchSize: 2 });
    expect(roomIn(driven.state)).toBe(2);
    arrive(driven, message(1), message(2));
    expect(roomIn(driven.state)).toBe(2);
    arrive(driven, message(3), message(4), message(5));
    expect(roomIn(driven.state)).toBe(0);
  });
});

describe('a failure', () => {
  it('repeats the same batch after a pause, before the waiting messages', () => {
    const driven = newDriven({ batchSize: 2, retryDelayMs: 1000 });
    arrive(driven, message(1), message(2), message(3), message(4));
    expect(driven.take({ kind: 'failed', batch: 1 })).toEqual([]);
    expect(nextTickAt(driven.state)).toBe(driven.now + 1000);
    driven.now += 1000;
    expect(driven.take(tick)).toEqual(['invoke 1,2']);
    expect(driven.take({ kind: 'returned', batch: 2 })).toEqual(['ack 1,2', 'invoke 3,4']);
    expect(driven.state.counts).toMatchObject({ batches: 3, failed: 1, acknowledged: 2 });
  });

  it('marks its messages as redelivered, and adds no others to the batch', () => {
    const driven = newDriven({ batchSize: 3, windowMs: 0 });
    arrive(driven, message(1), message(2));
    driven.take({ kind: 'failed', batch: 1 });
    driven.now += 1000;
    expect(driven.take(tick)).toEqual(['invoke 1']);
    const order = driven.orders.at(-1);
    const event = order?.kind === 'invoke' ? order.event : undefined;
    expect(event?.rmqMessagesByQueue['davit.tasks::/']).toMatchObject([{ redelivered: true }]);
  });

  it('drops only the messages that came back more often than the delivery limit', () => {
    const driven = newDriven({ batchSize: 2, deliveryLimit: 20 });
    arrive(
      driven,
      message(1, { deliveryCount: 20 }),
      message(2, { deliveryCount: 19 }),
      message(3),
    );
    expect(driven.take({ kind: 'failed', batch: 1 })).toEqual(['drop (delivery limit) 1']);
    driven.now += 1000;
    expect(driven.take(tick)).toEqual(['invoke 2']);
    expect(driven.take({ kind: 'failed', batch: 2 })).toEqual(['drop (delivery limit) 2']);
    expect(driven.state.counts).toMatchObject({ failed: 2, overLimit: 2, acknowledged: 0 });
    driven.now += 1000;
    expect(driven.take(tick)).toEqual(['invoke 3']);
  });

  it('stops the queue as long as the batch fails', () => {
    const driven = newDriven({ batchSize: 1 });
    arrive(driven, message(1), message(2));
    for (let batch = 1; batch < 100; batch += 1) {
      expect(driven.take({ kind: 'failed', batch })).toEqual([]);
      driven.now += 1000;
      expect(driven.take(tick)).toEqual(['invoke 1']);
    }
  });

  it('of a batch that is not running changes nothing', () => {
    const driven = newDriven({ batchSize: 1 });
    arrive(driven, message(1));
    const before = driven.state;
    expect(driven.take({ kind: 'failed', batch: 7 })).toEqual([]);
    expect(driven.take({ kind: 'returned', batch: 0 })).toEqual([]);
    expect(driven.state).toEqual(before);
  });
});

describe('a body', () => {
  it('of 4 MB is delivered, with one byte more it is dropped, acknowledged and counted', () => {
    const driven = newDriven({ batchSize: 1 });
    expect(arrive(driven, messageOfBytes(1, 4 * mib + 1))).toEqual(['drop (too large) 1']);
    expect(driven.state.counts.tooLarge).toBe(1);
    expect(arrive(driven, messageOfBytes(2, 4 * mib))).toEqual(['invoke 2']);
  });

  it('that fits is dropped when its headers make it too large', () => {
    const driven = newDriven({ batchSize: 1 });
    const headers = { much: 'x'.repeat(mib) };
    expect(arrive(driven, messageOfBytes(1, 3 * mib, { headers }))).toEqual(['drop (too large) 1']);
  });

  it('that is too large does not delay its neighbours', () => {
    const driven = newDriven({ batchSize: 2 });
    expect(arrive(driven, message(1), messageOfBytes(2, 5 * mib), message(3))).toEqual([
      'drop (too large) 2',
      'invoke 1,3',
    ]);
  });
});

describe('a lost connection', () => {
  it('settles no message, and the running function stays the only one', () => {
    const driven = newDriven({ batchSize: 1 });
    arrive(driven, message(1), message(2));
    expect(driven.take({ kind: 'disconnected' })).toEqual([]);
    expect(arrive(driven, message(3, { redelivered: true }))).toEqual([]);
    expect(driven.take({ kind: 'returned', batch: 1 })).toEqual(['invoke 3']);
  });

  it('removes a batch that waits for its retry: the broker delivers it again', () => {
    const driven = newDriven({ batchSize: 1 });
    arrive(driven, message(1));
    driven.take({ kind: 'failed', batch: 1 });
    expect(driven.take({ kind: 'disconnected' })).toEqual([]);
    expect(nextTickAt(driven.state)).toBeUndefined();
    driven.now += 1000;
    expect(arrive(driven, message(2, { redelivered: true }))).toEqual(['invoke 2']);
  });
});

type Move = 'message' | 'large' | 'returned' | 'failed' | 'disconnected' | 'pass';

const play = (driven: Driven, move: Move, tag: number): void => {
  const batch = driven.state.counts.batches;
  driven.now += 300;
  if (move === 'pass') driven.take(tick);
  else if (move === 'message') arrive(driven, message(tag));
  else if (move === 'large') arrive(driven, message(tag, { bodyBytes: 5 * mib }));
  else if (move === 'disconnected') driven.take({ kind: 'disconnected' });
  else driven.take({ kind: move, batch });
};

const ascending = (tags: Iterable<number>) => [...tags].toSorted((one, other) => one - other);

const settled = (order: TriggerOrder) => (order.kind === 'invoke' ? [] : order.tags);

it('invokes one batch at a time and settles every message once, in any history', () => {
  const moves: fc.Arbitrary<Move> = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Move>('message') },
    { weight: 1, arbitrary: fc.constantFrom<Move>('large', 'disconnected') },
    { weight: 4, arbitrary: fc.constantFrom<Move>('returned', 'failed', 'pass') },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(moves), (batchSize, plan) => {
      const driven = newDriven({ batchSize });
      plan.forEach((move, tag) => {
        const before = driven.state.invoking;
        play(driven, move, tag);
        const kept = driven.state.invoking?.batch === before?.batch;
        const ended = move === 'returned' || move === 'failed';
        expect(before === null || kept || ended).toBe(true);
        expect(JSON.parse(JSON.stringify(driven.state))).toStrictEqual(driven.state);
      });
      const tags = driven.orders.flatMap(settled);
      expect(new Set(tags).size).toBe(tags.length);
      const invoked = driven.orders.filter((order) => order.kind === 'invoke');
      const all = invoked.flatMap((order) => order.tags);
      // A retry repeats the batch before it, so the order of first deliveries never goes back.
      expect(all.filter((tag, at) => all.indexOf(tag) === at)).toEqual(ascending(new Set(all)));
      for (const [at, { tags: now }] of invoked.entries()) {
        const before = invoked[at - 1]?.tags ?? [];
        const again = now.some((tag) => before.includes(tag));
        expect(again ? now : ascending(now)).toEqual(again ? before : now);
      }
      for (const order of invoked) expect(order.tags.length).toBeLessThanOrEqual(batchSize);
    }),
  );
});
