import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bind, declareExchange, declareQueue, purge } from '../../../models/broker/declare.ts';
import { ack, closeConnection, deliver, reject, requeue } from '../../../models/broker/deliver.ts';
import { publish } from '../../../models/broker/publish.ts';
import { type BrokerState, newBroker } from '../../../models/broker/state.ts';

const now = 1_795_000_000_000;
const queue = fc.constantFrom('tasks', 'dead');
const connection = fc.constantFrom('one', 'two');

type Move = (state: BrokerState, body: string) => BrokerState;

const tagOf = (state: BrokerState, at: number): readonly number[] => {
  const tags = Object.values(state.queues).flatMap((each) => each.unacked.map(({ tag }) => tag));
  const tag = tags[at % Math.max(1, tags.length)];
  return tag === undefined ? [] : [tag];
};

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: queue.map(
      (routingKey): Move =>
        (state, body) => {
          const message = { properties: {}, body };
          return publish(state, { exchange: '', routingKey, mandatory: true, message }).state;
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({ queue, connection, most: fc.nat(3) }).map(
      (from): Move =>
        (state) =>
          deliver(state, from).state,
    ),
  },
  fc.nat(9).map(
    (at): Move =>
      (state) =>
        ack(state, tagOf(state, at)),
  ),
  {
    weight: 2,
    arbitrary: fc.nat(9).map(
      (at): Move =>
        (state) =>
          requeue(state, tagOf(state, at), now),
    ),
  },
  fc.nat(9).map(
    (at): Move =>
      (state) =>
        reject(state, tagOf(state, at), now),
  ),
  connection.map(
    (name): Move =>
      (state) =>
        closeConnection(state, name, now),
  ),
  {
    weight: 1,
    arbitrary: queue.map(
      (name): Move =>
        (state) =>
          purge(state, name).state,
    ),
  },
);

const start = (limit: number): BrokerState => {
  let state = declareExchange(newBroker(), 'dlx', 'direct').state;
  const args = { deliveryLimit: limit, deadLetterExchange: 'dlx', deadLetterRoutingKey: 'x' };
  state = declareQueue(state, 'tasks', args).state;
  state = declareQueue(state, 'dead', { deliveryLimit: -1 }).state;
  return bind(state, { exchange: 'dlx', queue: 'dead', key: 'x' }).state;
};

it('a message leaves only by acknowledgement, purge, rejection or limit, and is never duplicated', () => {
  fc.assert(
    fc.property(fc.constantFrom(-1, 0, 2), fc.array(move, { maxLength: 80 }), (limit, moves) => {
      let state = start(limit);
      moves.forEach((one, at) => {
        state = one(state, `m${at}`);
      });
      const here = Object.values(state.queues).flatMap((each) => [...each.ready, ...each.unacked]);
      expect(new Set(here.map(({ body }) => body)).size).toBe(here.length);
      for (const { ledger, ready, unacked } of Object.values(state.queues)) {
        const { acked, purged, deadLettered, dropped } = ledger;
        expect(acked + purged + deadLettered + dropped + ready.length + unacked.length).toBe(
          ledger.entered,
        );
      }
      expect(state.queues.tasks?.ledger.dropped).toBe(0);
    }),
  );
});

it('messages that were never delivered stay in order, after all returned ones', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
      let state = start(-1);
      moves.forEach((one, at) => {
        state = one(state, String(at).padStart(3, '0'));
      });
      const ready = state.queues.tasks?.ready ?? [];
      const fresh = ready.filter((each) => !each.redelivered).map(({ body }) => body);
      expect(fresh).toEqual(fresh.toSorted());
      expect(ready.slice(ready.length - fresh.length).every((each) => !each.redelivered)).toBe(
        true,
      );
    }),
  );
});

it('the state is plain JSON', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      let state = start(1);
      for (const one of moves) state = one(state, 'body');
      expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
    }),
  );
});
