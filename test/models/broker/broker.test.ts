import { describe, expect, it } from 'vitest';
import type { HeaderValue } from '../../../models/amqp.ts';
import {
  bind,
  declareExchange,
  declareQueue,
  deleteQueue,
  purge,
} from '../../../models/broker/declare.ts';
import { ack, closeConnection, deliver, reject, requeue } from '../../../models/broker/deliver.ts';
import { expire } from '../../../models/broker/expire.ts';
import { publish, topicMatches } from '../../../models/broker/publish.ts';
import {
  type BrokerState,
  countsOf,
  type Delivery,
  type Engine,
  newBroker,
  type QueueArguments,
  queueOf,
} from '../../../models/broker/state.ts';

const now = 1_795_000_000_000;

const withTasks = (args: QueueArguments = {}, engine: Engine = '4.2'): BrokerState => {
  let state = declareQueue(newBroker(engine), 'tasks', args).state;
  state = declareQueue(state, 'dead').state;
  state = declareExchange(state, 'dlx', 'direct').state;
  return bind(state, { exchange: 'dlx', queue: 'dead', key: 'gone' }).state;
};

const filled = (state: BrokerState, ...bodies: readonly string[]): BrokerState =>
  bodies.reduce(
    (each, body) =>
      publish(each, {
        exchange: '',
        routingKey: 'tasks',
        mandatory: true,
        message: { properties: { messageId: body }, body },
      }).state,
    state,
  );

const taken = (state: BrokerState, most: number, connection = 'one') => {
  const { state: next, deliveries } = deliver(state, { queue: 'tasks', connection, most });
  return { state: next, deliveries, tags: deliveries.map((each) => each.tag) };
};

const bodies = (deliveries: readonly Delivery[]) => deliveries.map((each) => each.body).join('');
const ready = (state: BrokerState, queue = 'tasks') =>
  queueOf(state, queue)
    ?.ready.map((each) => each.body)
    .join('');

/** The state after the first message was delivered and requeued `times` times. */
const cameBack = (state: BrokerState, times: number): BrokerState =>
  Array.from({ length: times }).reduce<BrokerState>((each) => {
    const { state: next, tags } = taken(each, 1);
    return requeue(next, tags, now);
  }, state);

describe('declaring', () => {
  it('the same queue again is accepted; with other arguments it is refused and changes nothing', () => {
    const { state } = declareQueue(newBroker(), 'tasks', { deliveryLimit: -1 });
    expect(declareQueue(state, 'tasks', { deliveryLimit: -1 })).toEqual({
      state,
      answer: 'declared',
    });
    expect(declareQueue(state, 'tasks')).toEqual({ state, answer: 'precondition failed' });
    const exchange = declareExchange(state, 'davit', 'direct').state;
    expect(declareExchange(exchange, 'davit', 'topic').answer).toBe('precondition failed');
    expect(declareExchange(exchange, 'davit', 'direct').answer).toBe('declared');
  });

  it('a binding needs its exchange and its queue, and counts once', () => {
    let state = withTasks();
    expect(bind(state, { exchange: 'none', queue: 'tasks', key: 'k' }).answer).toBe('not found');
    expect(bind(state, { exchange: 'dlx', queue: 'none', key: 'k' }).answer).toBe('not found');
    const again = bind(state, { exchange: 'dlx', queue: 'dead', key: 'gone' });
    expect(again.state).toBe(state);
    state = publish(state, {
      exchange: 'dlx',
      routingKey: 'gone',
      mandatory: false,
      message: { properties: {}, body: 'a' },
    }).state;
    expect(countsOf(state, 'dead').ready).toBe(1);
  });
});

describe('publishing', () => {
  const message = { properties: {}, body: 'a' };

  it.each([
    ['the default exchange to a queue', '', 'tasks', true, 'routed'],
    ['the default exchange to nowhere', '', 'nowhere', true, 'returned'],
    ['the default exchange to nowhere, not mandatory', '', 'nowhere', false, 'unroutable'],
    ['a bound key', 'dlx', 'gone', true, 'routed'],
    ['another key', 'dlx', 'gone.too', true, 'returned'],
    ['no such exchange', 'nothing', 'tasks', true, 'no exchange'],
  ] as const)('by %s', (_what, exchange, routingKey, mandatory, answer) => {
    expect(publish(withTasks(), { exchange, routingKey, mandatory, message }).answer).toBe(answer);
  });

  it('reaches a queue once, also when several bindings match', () => {
    let state = declareExchange(withTasks(), 'events', 'topic').state;
    for (const key of ['transcoder.#', '*.failed', '#']) {
      state = bind(state, { exchange: 'events', queue: 'tasks', key }).state;
    }
    const routingKey = 'transcoder.failed';
    state = publish(state, { exchange: 'events', routingKey, mandatory: true, message }).state;
    expect(countsOf(state, 'tasks').ready).toBe(1);
  });

  it.each([
    ['a.b', 'a.b', true],
    ['a.*', 'a.b', true],
    ['a.*', 'a.b.c', false],
    ['a.*', 'a', false],
    ['a.#', 'a', true],
    ['a.#', 'a.b.c', true],
    ['#.c', 'a.b.c', true],
    ['#.b.#', 'a.c', false],
    ['#', '', true],
    ['*', '', false],
    ['a', 'a.b', false],
  ])('a topic %s and a key %s: %s', (pattern, key, matches) => {
    expect(topicMatches(pattern, key)).toBe(matches);
  });

  it('to a full queue is refused', () => {
    const state = filled(withTasks({ maxLength: 1 }), 'a');
    const again = publish(state, { exchange: '', routingKey: 'tasks', mandatory: true, message });
    expect(again).toEqual({ state, answer: 'refused' });
  });

  it('to several queues is refused when one is full, but the others have the message', () => {
    let state = declareExchange(withTasks({ maxLength: 0 }), 'events', 'topic').state;
    state = declareQueue(state, 'open').state;
    for (const queue of ['tasks', 'open']) {
      state = bind(state, { exchange: 'events', queue, key: '#' }).state;
    }
    const again = publish(state, { exchange: 'events', routingKey: 'a', mandatory: true, message });
    expect(again.answer).toBe('refused');
    expect(countsOf(again.state, 'open').ready).toBe(1);
    expect(countsOf(again.state, 'tasks').ready).toBe(0);
  });

  it('to an exchange with the name of a method finds no exchange', () => {
    const to = (exchange: string) =>
      publish(withTasks(), { exchange, routingKey: 'a', mandatory: true, message }).answer;
    expect(to('constructor')).toBe('no exchange');
    const named = declareExchange(withTasks(), 'constructor', 'direct');
    expect(named.answer).toBe('declared');
  });
});

describe('a queue', () => {
  it('delivers in order, and counts ready and unacknowledged messages', () => {
    const { state, deliveries, tags } = taken(filled(withTasks(), 'a', 'b', 'c'), 2);
    expect(bodies(deliveries)).toBe('ab');
    expect(deliveries.map((each) => each.redelivered)).toEqual([false, false]);
    expect(countsOf(state, 'tasks')).toEqual({ ready: 1, unacked: 2 });
    expect(countsOf(ack(state, tags), 'tasks')).toEqual({ ready: 1, unacked: 0 });
  });

  it('puts returned messages first, marked and counted', () => {
    const { state, tags } = taken(filled(withTasks(), 'a', 'b', 'c'), 2);
    const back = requeue(state, tags, now);
    expect(ready(back)).toBe('abc');
    const [first] = taken(back, 3).deliveries;
    expect(first).toMatchObject({
      body: 'a',
      redelivered: true,
      properties: { headers: { 'x-delivery-count': 1 } },
    });
    expect(taken(back, 3).deliveries[2]?.redelivered).toBe(false);
  });

  it('takes back exactly the messages of a lost connection', () => {
    const one = taken(filled(withTasks(), 'a', 'b', 'c', 'd'), 2, 'one');
    const two = taken(one.state, 1, 'two');
    const state = closeConnection(two.state, 'one', now);
    expect(ready(state)).toBe('abd');
    expect(countsOf(state, 'tasks')).toEqual({ ready: 3, unacked: 1 });
    expect(ack(state, one.tags)).toEqual(state);
  });

  it('purges ready messages, not unacknowledged ones', () => {
    const { state, tags } = taken(filled(withTasks(), 'a', 'b', 'c'), 1);
    const { state: empty, purged } = purge(state, 'tasks');
    expect(purged).toBe(2);
    expect(ready(requeue(empty, tags, now))).toBe('a');
  });

  it('that is deleted loses its messages and bindings, and other queues keep theirs', () => {
    const state = deleteQueue(filled(withTasks(), 'a'), 'dead');
    expect(state.bindings).toEqual([]);
    expect(countsOf(state, 'dead')).toEqual({ ready: 0, unacked: 0 });
    expect(countsOf(state, 'tasks').ready).toBe(1);
  });
});

describe('the delivery limit', () => {
  it.each([
    ['4.2', undefined, 20],
    ['4.2', 3, 3],
    ['3.13', 3, 3],
    ['3.13', -1, 0],
  ] as const)(
    'of RabbitMQ %s declared as %s drops after that many returns',
    (engine, limit, times) => {
      const args = limit === undefined ? {} : { deliveryLimit: limit };
      const state = filled(withTasks(args, engine), 'a');
      expect(ready(cameBack(state, times))).toBe('a');
      const over = cameBack(state, times + 1);
      expect(ready(over)).toBe('');
      expect(queueOf(over, 'tasks')?.ledger).toMatchObject({ entered: 1, dropped: 1 });
    },
  );

  it.each([
    ['4.2', -1],
    ['3.13', undefined],
  ] as const)('of RabbitMQ %s declared as %s means no limit', (engine, limit) => {
    const args = limit === undefined ? {} : { deliveryLimit: limit };
    expect(ready(cameBack(filled(withTasks(args, engine), 'a'), 50))).toBe('a');
  });

  it('of RabbitMQ 4.3 counts lost connections, not requeues', () => {
    let state = filled(withTasks({ deliveryLimit: 1 }, '4.3'), 'a');
    state = cameBack(state, 50);
    expect(ready(state)).toBe('a');
    for (let n = 0; n < 2; n += 1) state = closeConnection(taken(state, 1).state, 'one', now);
    expect(ready(state)).toBe('');
  });

  it('sends the message to the dead-letter exchange, with the reason', () => {
    const args = {
      deliveryLimit: 0,
      deadLetterExchange: 'dlx',
      deadLetterRoutingKey: 'gone',
    };
    const state = cameBack(filled(withTasks(args), 'a'), 1);
    const [dead] = queueOf(state, 'dead')?.ready ?? [];
    expect(dead).toMatchObject({
      body: 'a',
      exchange: 'dlx',
      routingKey: 'gone',
      deliveryCount: 0,
    });
    expect(dead?.properties).toEqual({
      messageId: 'a',
      headers: {
        'x-first-death-exchange': '',
        'x-first-death-queue': 'tasks',
        'x-first-death-reason': 'delivery_limit',
        'x-death': [
          {
            count: 1,
            reason: 'delivery_limit',
            queue: 'tasks',
            time: now / 1000,
            exchange: '',
            'routing-keys': ['tasks'],
          },
        ],
      },
    });
    expect(queueOf(state, 'tasks')?.ledger).toMatchObject({ deadLettered: 1, dropped: 0 });
  });
});

describe('dead letters', () => {
  const args = { deadLetterExchange: 'dlx', deadLetterRoutingKey: 'gone' };

  it('come from a rejection, and count deaths by queue and reason', () => {
    let state = taken(filled(withTasks(args), 'a'), 1).state;
    state = reject(state, [1], now);
    const [dead] = queueOf(state, 'dead')?.ready ?? [];
    const again = dead === undefined ? undefined : { properties: dead.properties, body: dead.body };
    expect(again).toBeDefined();
    const message = again ?? { properties: {}, body: '' };
    state = publish(state, { exchange: '', routingKey: 'tasks', mandatory: true, message }).state;
    const second = taken(state, 1);
    state = reject(second.state, second.tags, now);
    const deaths: HeaderValue | undefined = queueOf(state, 'dead')?.ready[1]?.properties.headers?.[
      'x-death'
    ];
    expect(deaths).toMatchObject([{ count: 2, reason: 'rejected', queue: 'tasks' }]);
  });

  it('are lost when no queue matches, or without an exchange', () => {
    for (const lost of [{}, { deadLetterExchange: 'none' }, { deadLetterExchange: 'dlx' }]) {
      const { state, tags } = taken(filled(withTasks(lost), 'a'), 1);
      const after = reject(state, tags, now);
      expect(countsOf(after, 'dead').ready).toBe(0);
      expect(queueOf(after, 'tasks')?.ledger).toMatchObject({ deadLettered: 0, dropped: 1 });
    }
  });
});

describe('a message with an expiration', () => {
  const dlx = { deadLetterExchange: 'all' };
  const withFanout = (): BrokerState => {
    let state = declareQueue(newBroker(), 'tasks', dlx).state;
    state = declareQueue(state, 'dropped').state;
    state = declareExchange(state, 'all', 'fanout').state;
    return bind(state, { exchange: 'all', queue: 'dropped', key: '' }).state;
  };
  const sent = (state: BrokerState, body: string, expiration?: string): BrokerState =>
    publish(state, {
      exchange: '',
      routingKey: 'tasks',
      mandatory: true,
      now: now,
      message: { body, properties: expiration === undefined ? {} : { expiration } },
    }).state;

  it('is dead-lettered at the head of its queue when it expires, without the property', () => {
    const before = sent(withFanout(), 'a', '1000');
    expect(expire(before, 'tasks', now + 999)).toBe(before);
    const after = expire(before, 'tasks', now + 1_000);
    expect(countsOf(after, 'tasks')).toMatchObject({ ready: 0 });
    const [dead] = queueOf(after, 'dropped')?.ready ?? [];
    expect(dead?.properties.expiration).toBeUndefined();
    expect(dead?.properties.headers).toMatchObject({
      'x-death': [{ reason: 'expired', queue: 'tasks', 'original-expiration': '1000' }],
    });
    expect(expire(after, 'dropped', now + 9_000)).toBe(after);
  });

  it('stays behind a message that has not expired', () => {
    const state = sent(sent(withFanout(), 'a'), 'b', '1000');
    expect(expire(state, 'tasks', now + 9_000)).toBe(state);
  });
});
