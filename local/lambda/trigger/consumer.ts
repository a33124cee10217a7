import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import type { BrokerLogin } from '../../secrets/users.ts';

/** What a consumer reports to its owner. */
export interface ConsumerEvents {
  readonly delivered: (message: ConsumeMessage) => void;
  /** The channel is lost: the broker delivers every message again that was delivered and not settled. */
  readonly lost: () => void;
}

/** A consumer of one queue that reconnects. To settle a message of a lost channel does nothing. */
export interface Consumer {
  readonly ack: (message: ConsumeMessage) => void;
  /** Rejects a message: the queue's dead-letter exchange gets it. */
  readonly reject: (message: ConsumeMessage) => void;
  readonly stop: () => Promise<void>;
}

/** The queue to consume, and the login. */
export interface ConsumerSource {
  readonly amqpUrl: () => string;
  readonly virtualHost: string;
  readonly credentials: BrokerLogin;
  readonly queue: string;
  readonly prefetch: number;
}

const reconnectDelayMs = 1000;

/** Consumes a queue until it is stopped. A connection that ends is opened again after a second. */
export const startConsumer = (
  source: ConsumerSource,
  events: ConsumerEvents,
  log: (line: string) => void,
): Consumer => {
  let stopped = false;
  let silent = false;
  let connection: ChannelModel | undefined;
  let current: Channel | undefined;
  let timer: NodeJS.Timeout | undefined;
  const channels = new WeakMap<ConsumeMessage, Channel>();

  const consume = async (): Promise<void> => {
    const opened = await connect(urlOf(source));
    opened.on('error', () => {});
    // It was stopped while it connected: `stop` did not know this connection.
    if (stopped) return opened.close();
    connection = opened;
    opened.once('close', again);
    const channel = await opened.createChannel();
    // A channel may end alone, for example when its queue was deleted. Then the connection is closed too, so that both are opened again.
    channel.on('error', (error: Error) => {
      log(`trigger of ${source.queue}: ${error.message}`);
      void opened.close().catch(() => undefined);
    });
    current = channel;
    await channel.prefetch(source.prefetch);
    await channel.consume(source.queue, (message) => {
      if (message === null) {
        void opened.close().catch(() => undefined);
        return;
      }
      channels.set(message, channel);
      events.delivered(message);
    });
    if (silent) log(`trigger of ${source.queue}: connected again`);
    silent = false;
  };

  const open = (): void => {
    consume().catch((cause: unknown) => {
      if (!silent && !stopped)
        log(`trigger of ${source.queue}: ${String(cause)}; trying again every second`);
      silent = true;
      connection?.removeListener('close', again);
      void connection?.close().catch(() => undefined);
      again();
    });
  };

  const again = (): void => {
    current = undefined;
    connection = undefined;
    events.lost();
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(open, reconnectDelayMs);
  };

  const settle = (message: ConsumeMessage, how: (channel: Channel) => void): void => {
    const channel = channels.get(message);
    if (channel === undefined || channel !== current) return;
    try {
      how(channel);
    } catch {
      // The channel closed just now: the broker delivers the message again.
    }
  };

  open();
  return {
    ack: (message) => settle(message, (channel) => channel.ack(message)),
    reject: (message) => settle(message, (channel) => channel.nack(message, false, false)),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      connection?.removeListener('close', again);
      await connection?.close().catch(() => undefined);
    },
  };
};

const urlOf = ({ amqpUrl, virtualHost, credentials }: ConsumerSource): string => {
  const { username, password } = credentials;
  const url = amqpUrl().replace('://', `://${username}:${password}@`);
  return `${url}/${encodeURIComponent(virtualHost)}?heartbeat=10`;
};
