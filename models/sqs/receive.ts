import { ownOf } from '../own.ts';
import type { Rng } from '../random.ts';
import type { Queue, QueuedMessage, QueuesState, ReceivedMessage } from './types.ts';

interface Asked {
  readonly name: string;
  readonly most: number;
  /** How long the messages are hidden; the queue's own time when absent. */
  readonly hiddenMs?: number;
}

/**
 * Takes up to `most` visible messages of a queue, drawn at random, and hides them. A message that was received too often goes to
 * the dead-letter queue instead.
 */
export const received = (
  state: QueuesState,
  { name, most, hiddenMs }: Asked,
  { now, rng }: { readonly now: number; readonly rng: Rng },
): { readonly state: QueuesState; readonly messages: readonly QueuedMessage[] } => {
  const queue = ownOf(state.queues, name);
  if (queue === undefined) return { state, messages: [] };
  const { options } = queue;
  const visible = queue.messages.filter(({ visibleAt }) => visibleAt <= now);
  const isDead = ({ receives }: QueuedMessage): boolean =>
    options.redrive !== undefined && receives >= options.redrive.maxReceiveCount;
  const drawn = drawnSome(
    visible.filter((message) => !isDead(message)),
    most,
    rng,
  );
  const messages = drawn.map((message) => takenOnce(message, now));
  const after = messages.map((message) => ({
    ...message,
    visibleAt:
      options.doubles > 0 && rng() < options.doubles
        ? now
        : now + (hiddenMs ?? options.visibilityTimeoutMs),
  }));
  return {
    state: withMessages(state, queue, { after, dead: visible.filter(isDead), now }),
    messages,
  };
};

/** A message as ReceiveMessage and Lambda's event show it. */
export const viewOf = (message: QueuedMessage): ReceivedMessage => ({
  MessageId: message.id,
  ReceiptHandle: message.receipt,
  Body: message.body,
  Attributes: {
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(message.sentAt),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
  },
});

const takenOnce = (message: QueuedMessage, now: number): QueuedMessage => ({
  ...message,
  receives: message.receives + 1,
  firstReceivedAt: message.firstReceivedAt ?? now,
  receipt: `${message.id}/${message.receives + 1}`,
});

const drawnSome = (
  messages: readonly QueuedMessage[],
  most: number,
  rng: Rng,
): readonly QueuedMessage[] => {
  const left = [...messages];
  const drawn: QueuedMessage[] = [];
  while (drawn.length < most && left.length > 0) {
    drawn.push(...left.splice(Math.floor(rng() * left.length), 1));
  }
  return drawn;
};

interface Changes {
  readonly after: readonly QueuedMessage[];
  readonly dead: readonly QueuedMessage[];
  readonly now: number;
}

const withMessages = (
  state: QueuesState,
  queue: Queue,
  { after, dead, now }: Changes,
): QueuesState => {
  const changed = new Map(after.map((message) => [message.id, message]));
  const gone = new Set(dead.map(({ id }) => id));
  const messages = queue.messages
    .filter(({ id }) => !gone.has(id))
    .map((message) => changed.get(message.id) ?? message);
  const deadQueue = ownOf(state.queues, queue.options.redrive?.deadQueue ?? '');
  const queues = { ...state.queues, [queue.options.name]: { ...queue, messages } };
  if (deadQueue === undefined || dead.length === 0) return { ...state, queues };
  const fresh = dead.map((message) => ({
    ...message,
    visibleAt: now,
    receives: 0,
    firstReceivedAt: null,
    receipt: '',
  }));
  return {
    ...state,
    queues: {
      ...queues,
      [deadQueue.options.name]: { ...deadQueue, messages: [...deadQueue.messages, ...fresh] },
    },
  };
};
