import type { Channel, ChannelModel } from 'amqplib';
import type { Sent } from '../ports.ts';
import { type Connection, keepConnection } from './connection.ts';
import type { Address } from './dial.ts';
import type { Letter } from './lane.ts';
import { patienceOf } from './patience.ts';
import { ClosedByBroker, NoAnswer, SilentTarget, within } from './within.ts';

/** One connection to RabbitMQ, opened when it is needed, and again when it was lost. Every call rejects when it cannot be opened. */
export interface Link {
  /**
   * Publishes and waits for the confirm. A queue or exchange that is silent or does not exist delays no letter to others, and
   * the connection stays open. A rejection means that it is not known whether the letter arrived. After `SilentTarget`, another
   * try would get no answer either; after `ClosedByBroker`, another try may close the connection again.
   */
  readonly send: (letter: Letter) => Promise<Sent>;
  /** Asks the broker one question on a channel of its own: the broker closes the channel of a wrong question. */
  readonly ask: <T>(question: (channel: Channel) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** A link that connects at its first use; `confirmTimeoutMs` is how long a letter waits for its confirm. */
export const linkTo = (address: Address, confirmTimeoutMs: number): Link => {
  const { get, giveUp, close } = keepConnection(address);
  const patience = patienceOf(() => performance.now());

  /**
   * After a letter without an answer: whether only its target is silent. When the whole connection is (it may have died
   * unnoticed), gives the connection up.
   */
  const isTargetSilent = async (connection: Connection, error: unknown): Promise<boolean> => {
    // A blocked connection accepts nothing at present, and a new one would be blocked too.
    if (!(error instanceof NoAnswer) || connection.blocked !== undefined) return false;
    if (await isAlive(connection)) return true;
    giveUp(connection);
    return false;
  };

  const sendTo = async (target: string, letter: Letter): Promise<Sent> => {
    const connection = await get();
    if (connection.blocked !== undefined) {
      throw new Error(`RabbitMQ accepts no messages at present: ${connection.blocked}`);
    }
    try {
      return await connection.lanes.send(target, letter, confirmTimeoutMs);
    } catch (cause) {
      if (connection.fault !== undefined) throw new ClosedByBroker(connection.fault, { cause });
      if (!(await isTargetSilent(connection, cause))) throw cause;
      throw new SilentTarget(
        `RabbitMQ did not confirm a message to ${target} within ${confirmTimeoutMs} ms, but it answers other calls: the queue, or a queue that is bound to the exchange, is silent. Davit sends nothing there for half a minute.`,
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
        return await askOnChannel(connection.model, question);
      } catch (error) {
        await isTargetSilent(connection, error);
        throw error;
      }
    },
    close,
  };
};

/** Whether RabbitMQ answers on this connection: it can open a channel also when a queue is silent. */
const isAlive = (connection: Connection): Promise<boolean> => {
  connection.check ??= askOnChannel(connection.model, async () => true)
    .catch(() => false)
    .finally(() => {
      connection.check = undefined;
    });
  return connection.check;
};

const channelTimeoutMs = 5_000;

const askOnChannel = async <T>(
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
  // The broker has already closed the channel when the question was wrong.
  Promise.resolve()
    .then(() => channel.close())
    .catch(nothing);
};

const targetOf = ({ exchange, routingKey }: Letter): string =>
  exchange === '' ? `queue ${routingKey}` : `exchange ${exchange}`;
