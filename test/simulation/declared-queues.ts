import { bind, declareExchange, declareQueue } from '../../models/broker/declare.ts';
import type { BrokerState } from '../../models/broker/state.ts';

/** The broker with the queues and exchanges that `topology` declares, a queue `reply.web`, and a queue that gets all of Davit's events. */
export const declared = (state: BrokerState): BrokerState => {
  const toDropped = { deadLetterExchange: 'davit.dlx', deliveryLimit: -1 };
  const queues = [
    ['davit.tasks', toDropped],
    ['davit.control', toDropped],
    ['davit.doorbells', {}],
    ['davit.dead', {}],
    ['davit.dropped', {}],
    ['reply.web', {}],
    ['listener', {}],
  ] as const;
  const withQueues = queues.reduce(
    (each, [queue, args]) => declareQueue(each, queue, args).state,
    state,
  );
  const withEvents = declareExchange(withQueues, 'davit.events', 'topic').state;
  const withDead = declareExchange(withEvents, 'davit.dlx', 'fanout').state;
  const listening = bind(withDead, { exchange: 'davit.events', queue: 'listener', key: '#' }).state;
  return bind(listening, { exchange: 'davit.dlx', queue: 'davit.dropped', key: '' }).state;
};
