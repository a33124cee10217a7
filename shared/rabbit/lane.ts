import type { ConfirmChannel, Options } from 'amqplib';
import type { Sent } from '../ports.ts';

/** A message to publish. */
export interface Letter {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Uint8Array;
  readonly properties: Options.Publish;
}

/** A confirm channel. */
export interface Lane {
  /** Rejects, with the broker's words, when the channel was closed: it is not known whether the letter arrived. */
  readonly send: (letter: Letter) => Promise<Sent>;
  readonly isClosed: () => boolean;
  /** Does not wait for the close: a channel that is blocked may take long. */
  readonly close: () => void;
}

interface Waiting {
  returned: boolean;
}

/** Publishes on a confirm channel, and finds the letter of each return: the broker returns a message before it confirms it. */
export const laneOf = (channel: ConfirmChannel): Lane => {
  const room = waitingRoom();
  let lastWords: string | undefined;
  let isClosed = false;
  channel.on('error', (error: Error) => {
    lastWords = error.message;
  });
  channel.on('close', () => {
    isClosed = true;
  });
  channel.on('return', ({ fields, properties }) => {
    room.returned(keyOf(fields.routingKey, properties));
  });
  const publish = ({ exchange, routingKey, body, properties }: Letter, one: Waiting) =>
    new Promise<Sent>((resolve, reject) => {
      const content = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      channel.publish(exchange, routingKey, content, properties, (error: unknown) => {
        if (error instanceof Error && !isNack(error)) {
          reject(new Error(lastWords ?? error.message));
        } else {
          resolve(sentOf(isNack(error), one));
        }
      });
    });
  return {
    send: async (letter) => {
      const key = keyOf(letter.routingKey, letter.properties);
      const one = room.enter(key);
      try {
        return await publish(letter, one);
      } finally {
        room.leave(key, one);
      }
    },
    isClosed: () => isClosed,
    close: () => {
      if (!isClosed) channel.close().catch(() => undefined);
    },
  };
};

/** Letters that wait for their confirm, in the order in which they were sent: the first return belongs to the first letter. */
const waitingRoom = () => {
  const rooms = new Map<string, Set<Waiting>>();
  return {
    enter: (key: string): Waiting => {
      const one = { returned: false };
      rooms.set(key, (rooms.get(key) ?? new Set()).add(one));
      return one;
    },
    leave: (key: string, one: Waiting): void => {
      const room = rooms.get(key);
      room?.delete(one);
      if (room?.size === 0) {
        rooms.delete(key);
      }
    },
    returned: (key: string): void => {
      const first = [...(rooms.get(key) ?? [])].find(({ returned }) => !returned);
      if (first !== undefined) {
        first.returned = true;
      }
    },
  };
};

/**
 * basic.return does not say which publish it answers, but it contains the message. Letters with the same key have the same target,
 * so they are all returned or all delivered. The key has only Davit's own headers: a publisher's may come back in another form.
 */
const keyOf = (routingKey: string, { messageId, headers }: Options.Publish): string =>
  JSON.stringify([routingKey, messageId, headers?.['davit-run'], headers?.['davit-dead']]);

/** amqplib's message for a negative acknowledgement. Any other error means that the channel is closed. */
const isNack = (error: unknown): boolean =>
  error instanceof Error && error.message === 'message nacked';

const sentOf = (refused: boolean, { returned }: Waiting): Sent => {
  if (refused) {
    return { kind: 'failed', why: 'RabbitMQ refused the message: is the queue full?' };
  }
  return { kind: returned ? 'unroutable' : 'sent' };
};
