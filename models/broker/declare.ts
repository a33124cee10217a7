import { ownOf } from '../own.ts';
import {
  type Binding,
  type BrokerState,
  type ExchangeType,
  type Ledger,
  type Queue,
  type QueueArguments,
  queueOf,
  withCounts,
  withQueue,
} from './state.ts';

/** Declares a queue. A second declaration with other arguments is refused with 406 and changes nothing. */
export const declareQueue = (
  state: BrokerState,
  name: string,
  args: QueueArguments = {},
): { readonly state: BrokerState; readonly answer: 'declared' | 'precondition failed' } => {
  const known = queueOf(state, name);
  if (known !== undefined) {
    const same = comparedArguments.every((each) => known.arguments[each] === args[each]);
    return { state, answer: same ? 'declared' : 'precondition failed' };
  }
  const queue: Queue = { arguments: args, ready: [], unacked: [], ledger: emptyLedger };
  return { state: withQueue(state, name, queue), answer: 'declared' };
};

const emptyLedger: Ledger = { entered: 0, acked: 0, purged: 0, deadLettered: 0, dropped: 0 };

const comparedArguments = [
  'deliveryLimit',
  'deadLetterExchange',
  'deadLetterRoutingKey',
  'maxLength',
] as const;

export const declareExchange = (
  state: BrokerState,
  name: string,
  type: ExchangeType,
): { readonly state: BrokerState; readonly answer: 'declared' | 'precondition failed' } => {
  const known = ownOf(state.exchanges, name);
  if (known !== undefined) {
    return { state, answer: known === type ? 'declared' : 'precondition failed' };
  }
  const exchanges = { ...state.exchanges, [name]: type };
  return { state: { ...state, exchanges }, answer: 'declared' };
};

/** Adds a binding; the same binding twice is one binding. */
export const bind = (
  state: BrokerState,
  binding: Binding,
): { readonly state: BrokerState; readonly answer: 'bound' | 'not found' } => {
  const ends =
    ownOf(state.exchanges, binding.exchange) !== undefined && queueOf(state, binding.queue);
  if (!ends) return { state, answer: 'not found' };
  const known = state.bindings.some(
    ({ exchange, queue, key }) =>
      exchange === binding.exchange && queue === binding.queue && key === binding.key,
  );
  return {
    state: known ? state : { ...state, bindings: [...state.bindings, binding] },
    answer: 'bound',
  };
};

/** Removes the queue, its bindings and all its messages, as when the exclusive consumer of a queue disconnects. */
export const deleteQueue = (state: BrokerState, name: string): BrokerState => {
  const { [name]: _gone, ...queues } = state.queues;
  const bindings = state.bindings.filter((binding) => binding.queue !== name);
  return { ...state, queues, bindings };
};

/** Removes the ready messages; a consumer keeps its unacknowledged ones. */
export const purge = (
  state: BrokerState,
  name: string,
): { readonly state: BrokerState; readonly purged: number } => {
  const queue = queueOf(state, name);
  if (queue === undefined) return { state, purged: 0 };
  const purged = queue.ready.length;
  const next = { ...queue, ready: [], ledger: withCounts(queue.ledger, { purged }) };
  return { state: withQueue(state, name, next), purged };
};
