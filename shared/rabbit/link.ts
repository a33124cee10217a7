import type { Channel, ChannelModel } from 'amqplib';
import type { Sent } from '../ports.ts';
import { type Connection, connectionKept } from './connection.ts';
import type { Address } from './dial.ts';
import type { Letter } from './lane.ts';
import { patienceOf } from './patience.ts';
import { ClosedByBroker, NoAnswer, SilentTarget, within } from './within.ts';

/** One connection to RabbitMQ, made when it is needed and again when it is gone. Everything rejects when there is none. */
export interface Link {
  /**
   * Publishes and waits for the confirm. What one queue or exchange does (it is silent, it does not exist) is its own: no
   * other letter waits for it, and the connection stays. A rejection says that nothing is known of the letter;
   * `SilentTarget`, that another try would be met with silence too; `ClosedByBroker`, that another try may end the connection again.
   */
  readonly send: (letter: Letter) => Promise<Sent>;
  /** Asks one question on a channel of its own: a wrong one costs the channel. */
  readonly ask: <T>(question: (channel: Channel) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** A link that connects at its first use; `confirmTimeoutMs` is how long a letter waits for its confirm. */
export const linkTo = (address: Address, confirmTimeoutMs: number): Link => {
  const { get, giveUp, close } = connectionKept(address);
  const patience = patienceOf(() => performance.now());

  /** Gives the connection up when it is the one that is silent, which a connection that died unseen is. */
  const isItself = async (connection: Connection, error: unknown): Promise<boolean> => {
    // One that is blocked takes nothing at present and says so: another would be blocked too.
    if (!(error instanceof NoAnswer) || connection.blocked !== undefined) return false;
    if (await isAlive(connection)) return true;
    giveUp(connection);
    return false;
  };

  const sendTo = async (target: string, letter: Letter): Promise<Sent> => {
    const connection = await get();
    if (connection.blocked !== undefined) {
      throw new Error(`RabbitMQ takes no messages at present: ${connection.blocked}`);
    }
    try {
      return await connection.lanes.send(target, letter, confirmTimeoutMs);
    } catch (cause) {
      if (connection.fault !== undefined) throw new ClosedByBroker(connection.fault, { cause });
      if (!(await isItself(connection, cause))) throw cause;
      throw new SilentTarget(
        `RabbitMQ did not confirm a message to ${target} within ${confirmTimeoutMs} ms, and answers otherwise: the queue, or one that is bound there, is silent. It is left alone for half a minute.`,
        { cause },
      );
    }
  };

  return {
    send: (letter) => {
      const target = targetOf(letter);
      return patience(target, () => sendTo(target, letter));
    },
    ask: async (question) => {
      const connection = await get();
      try {
        return await answered(connection.model, question);
      } catch (error) {
        await isItself(connection, error);
        throw error;
      }
    },
    close,
  };
};

/** Whether RabbitMQ answers on this connection at all: it opens a channel, whatever a queue does. */
const isAlive = (connection: Connection): Promise<boolean> => {
  connection.asked ??= answered(connection.model, async () => true)
    .catch(() => false)
    .finally(() => {
      connection.asked = undefined;
    });
  return connection.asked;
};

const channelTimeoutMs = 5_000;

const answered = async <T>(
  model: ChannelModel,
  question: (channel: Channel) => Promise<T>,
): Promise<T> => {
  const channel = await within(channelTimeoutMs, model.createChannel());
  channel.on('error', nothing);
  try {
    return await within(channelTimeoutMs, question(channel));
  } finally {
    closeQuietly(channel);
  }
};

const nothing = (): void => {};

const closeQuietly = (channel: Channel): void => {
  // The channel is closed already when the question was a wrong one.
  Promise.resolve()
    .then(() => channel.close())
    .catch(nothing);
};

const targetOf = ({ exchange, routingKey }: Letter): string =>
  exchange === '' ? `queue ${routingKey}` : `exchange ${exchange}`;
