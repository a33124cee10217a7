import type { Channel, ChannelModel } from 'amqplib';
import type { Sent } from '../ports.ts';
import { type Address, dial } from './dial.ts';
import { type Lane, type Letter, laneOf } from './lane.ts';
import { NoAnswer, within } from './within.ts';

/** One connection to RabbitMQ, made when it is needed and again when it is gone. Everything rejects when there is none. */
export interface Link {
  /**
   * Publishes on the confirm channel of that name, opened when it is needed: what kills one, such as a missing exchange,
   * leaves the others alone. A rejection says that nothing is known of the letter.
   */
  readonly send: (lane: string, letter: Letter) => Promise<Sent>;
  /** Asks one question on a channel of its own: a wrong one costs the channel. */
  readonly ask: <T>(question: (channel: Channel) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

interface Connection {
  readonly model: ChannelModel;
  readonly lanes: Map<string, Promise<Lane>>;
  /** The broker's reason for taking no messages at present: it is low on memory or disk. */
  blocked?: string | undefined;
}

const channelTimeoutMs = 5_000;

/** A quorum queue confirms when most nodes have the message on disk: milliseconds, seconds under load. */
const confirmTimeoutMs = 10_000;

/** A broker that cannot be reached is not dialled again for each of a thousand messages. */
const coolDownMs = 1_000;

const nothing = (): void => {};

const connectionOf = (model: ChannelModel): Connection => {
  const connection: Connection = { model, lanes: new Map() };
  model.on('blocked', (reason) => {
    connection.blocked = reason;
  });
  model.on('unblocked', () => {
    connection.blocked = undefined;
  });
  return connection;
};

/** A lane is opened once, however many ask for it at the same time, and again after it was closed. */
const laneIn = ({ model, lanes, blocked }: Connection, name: string): Promise<Lane> => {
  if (blocked !== undefined) {
    return Promise.reject(new Error(`RabbitMQ takes no messages at present: ${blocked}`));
  }
  const known = lanes.get(name);
  if (known !== undefined) {
    return known;
  }
  const forget = (): void => {
    lanes.delete(name);
  };
  const opening = within(channelTimeoutMs, model.createConfirmChannel()).then((channel) => {
    channel.on('close', forget);
    return laneOf(channel);
  });
  lanes.set(name, opening);
  opening.catch(forget);
  return opening;
};

/** The one connection: dialled when there is none; those who ask meanwhile wait for the same one. */
const connectionKept = (address: Address) => {
  let current: Promise<Connection> | undefined;
  let live: Connection | undefined;
  let refused: { readonly until: number; readonly why: unknown } = { until: 0, why: undefined };

  const forget = (gone: Connection): void => {
    if (live === gone) {
      live = undefined;
      current = undefined;
    }
  };
  const open = async (): Promise<Connection> => {
    if (performance.now() < refused.until) {
      throw refused.why;
    }
    try {
      const connection = connectionOf(await dial(address));
      connection.model.on('close', () => forget(connection));
      live = connection;
      return connection;
    } catch (why) {
      refused = { until: performance.now() + coolDownMs, why };
      throw why;
    }
  };
  const get = (): Promise<Connection> => {
    if (current === undefined) {
      current = open();
      current.catch(() => {
        current = undefined;
      });
    }
    return current;
  };
  /** Not waited for: a peer that does not answer does not say goodbye either. */
  const giveUp = (connection: Connection): void => {
    forget(connection);
    connection.model.close().catch(nothing);
  };
  const close = async (): Promise<void> => {
    const connection = await current?.catch(() => undefined);
    await connection?.model.close().catch(nothing);
  };
  return { get, giveUp, close };
};

const answered = async <T>(
  model: ChannelModel,
  question: (channel: Channel) => Promise<T>,
): Promise<T> => {
  const channel = await within(channelTimeoutMs, model.createChannel());
  channel.on('error', nothing);
  try {
    return await within(channelTimeoutMs, question(channel));
  } finally {
    // The channel is closed already when the question was a wrong one.
    Promise.resolve()
      .then(() => channel.close())
      .catch(nothing);
  }
};

/** A link that connects at its first use. */
export const linkTo = (address: Address): Link => {
  const { get, giveUp, close } = connectionKept(address);
  return {
    send: async (name, letter) => {
      const connection = await get();
      try {
        const lane = await laneIn(connection, name);
        return await within(confirmTimeoutMs, lane(letter));
      } catch (error) {
        if (error instanceof NoAnswer && connection.blocked === undefined) {
          giveUp(connection);
        }
        throw error;
      }
    },
    ask: async (question) => {
      const connection = await get();
      try {
        return await answered(connection.model, question);
      } catch (error) {
        if (error instanceof NoAnswer) {
          giveUp(connection);
        }
        throw error;
      }
    },
    close,
  };
};
