import { isFull, recordBytesOf, sizeOfBatch } from './batch.ts';
import { eventOf, type TriggerMessage } from './event.ts';
import {
  type Batch,
  counted,
  type TriggerInput,
  type TriggerReaction,
  type TriggerState,
  type Waiting,
} from './state.ts';

/** Applies one input, then invokes the function if a batch is due at `now`. */
export const take = (state: TriggerState, input: TriggerInput, now: number): TriggerReaction => {
  const taken = apply(state, input, now);
  const invoked = invoke(taken.state, now);
  return { state: invoked.state, orders: [...taken.orders, ...invoked.orders] };
};

/** When a tick will invoke the function; undefined while it runs or no message waits. */
export const nextTickAt = (state: TriggerState): number | undefined => {
  const [first] = state.waiting;
  if (state.invoking !== null) return undefined;
  if (state.held.length > 0) return state.notBefore;
  if (first === undefined) return undefined;
  const ready = isFull(state) ? 0 : first.arrivedAt + state.options.windowMs;
  return Math.max(ready, state.notBefore);
};

/** How many more messages fit before the next invocation. AWS does not document its prefetch. */
export const roomIn = (state: TriggerState): number =>
  Math.max(0, state.options.batchSize - state.waiting.length);

const apply = (state: TriggerState, input: TriggerInput, now: number): TriggerReaction => {
  switch (input.kind) {
    case 'message':
      return onMessage(state, input.message, now);
    case 'returned':
      return onReturned(state, input.batch);
    case 'failed':
      return onFailed(state, input.batch, now);
    case 'disconnected':
      return {
        state: { ...state, waiting: [], held: [], invoking: withoutMessages(state) },
        orders: [],
      };
    case 'tick':
      return { state, orders: [] };
  }
};

const onMessage = (state: TriggerState, message: TriggerMessage, now: number): TriggerReaction => {
  const bytes = recordBytesOf(state, message);
  if (bytes === undefined) {
    return {
      state: counted(state, { tooLarge: 1 }),
      orders: [{ kind: 'drop', tags: [message.tag], why: 'too large' }],
    };
  }
  return {
    state: { ...state, waiting: [...state.waiting, { message, bytes, arrivedAt: now }] },
    orders: [],
  };
};

/** AWS acknowledges messages when the function has returned, whatever it did with them. */
const onReturned = (state: TriggerState, batch: number): TriggerReaction => {
  const tags = tagsOf(state.invoking, batch);
  if (tags === undefined) return { state, orders: [] };
  const next = { ...counted(state, { acknowledged: tags.length }), invoking: null };
  return { state: next, orders: tags.length === 0 ? [] : [{ kind: 'ack', tags }] };
};

const tagsOf = (invoking: Batch | null, batch: number): readonly number[] | undefined =>
  invoking?.batch === batch ? invoking.messages.map(tagOf) : undefined;

const tagOf = ({ message }: Waiting): number => message.tag;

/**
 * AWS tries a batch again until it succeeds (Lambda guide, event source mappings) and does not document
 * how it does this with the broker. Here the same batch is invoked again before all other messages. A
 * batch that always fails stops the queue, unless the delivery limit drops its messages.
 */
const onFailed = (state: TriggerState, batch: number, now: number): TriggerReaction => {
  if (tagsOf(state.invoking, batch) === undefined) return { state, orders: [] };
  const { deliveryLimit, retryDelayMs } = state.options;
  const back = (state.invoking?.messages ?? []).map((each) => ({
    ...each,
    message: {
      ...each.message,
      redelivered: true,
      deliveryCount: each.message.deliveryCount + 1,
    },
  }));
  const isOver = ({ message }: Waiting): boolean =>
    deliveryLimit >= 0 && message.deliveryCount > deliveryLimit;
  const tags = back.filter(isOver).map(tagOf);
  const held = back.filter((each) => !isOver(each));
  return {
    state: {
      ...counted(state, { failed: 1, overLimit: tags.length }),
      invoking: null,
      held,
      notBefore: now + retryDelayMs,
    },
    orders: tags.length === 0 ? [] : [{ kind: 'drop', tags, why: 'delivery limit' }],
  };
};

/** The function continues although the broker has taken its messages back: no second invocation may start. */
const withoutMessages = ({ invoking }: TriggerState): Batch | null =>
  invoking === null ? null : { ...invoking, messages: [] };

/** There is one invocation at a time: for RabbitMQ, Lambda runs one environment per trigger. */
const invoke = (state: TriggerState, now: number): TriggerReaction => {
  const at = nextTickAt(state);
  if (at === undefined || now < at) return { state, orders: [] };
  const size = state.held.length > 0 ? 0 : sizeOfBatch(state);
  const messages = [...state.held, ...state.waiting.slice(0, size)];
  const batch = state.counts.batches + 1;
  const event = eventOf(
    state.options,
    messages.map(({ message }) => message),
  );
  return {
    state: {
      ...counted(state, { batches: 1 }),
      waiting: state.waiting.slice(size),
      held: [],
      invoking: { batch, messages },
    },
    orders: [{ kind: 'invoke', batch, event, tags: messages.map(tagOf) }],
  };
};
