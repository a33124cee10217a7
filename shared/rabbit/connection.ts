import type { ChannelModel } from 'amqplib';
import { type Address, dial } from './dial.ts';
import { type Lanes, lanesOn } from './lanes.ts';

/** A connection that is open, as far as is known. */
export interface Connection {
  readonly model: ChannelModel;
  readonly lanes: Lanes;
  /** The broker's reason for taking no messages at present: it is low on memory or disk. */
  blocked?: string | undefined;
  /** What RabbitMQ said when it ended the connection for an error of ours; not when it goes away itself, or the network does. */
  fault?: string | undefined;
  /** A question whether it answers at all, while it is under way. */
  asked?: Promise<boolean> | undefined;
}

/** A broker that cannot be reached is not dialled again for each of a thousand messages. */
const coolDownMs = 1_000;

/** The one connection: dialled when there is none; those who ask meanwhile wait for the same one. */
export const connectionKept = (address: Address) => {
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

const connectionOf = (model: ChannelModel): Connection => {
  const connection: Connection = { model, lanes: lanesOn(model) };
  model.on('error', (error: { readonly code?: unknown; readonly message: string }) => {
    if (isFault(error.code)) connection.fault = error.message;
  });
  model.on('blocked', (reason) => {
    connection.blocked = reason;
  });
  model.on('unblocked', () => {
    connection.blocked = undefined;
  });
  return connection;
};

/** The hard errors of AMQP 0-9-1 that a peer's frames cause; 320 is a broker that is being stopped. */
const isFault = (code: unknown): boolean => typeof code === 'number' && code >= 500;

const nothing = (): void => {};
