import type { ChannelModel } from 'amqplib';
import { type Address, dial } from './dial.ts';
import { type Lanes, lanesOn } from './lanes.ts';

/** A connection that is open, as far as Davit knows. */
export interface Connection {
  readonly model: ChannelModel;
  readonly lanes: Lanes;
  /** Set while the broker accepts no messages, because it is low on memory or disk: its reason. */
  blocked?: string | undefined;
  /** What RabbitMQ said when it closed the connection because of an error of ours. Not set when RabbitMQ stops or the network fails. */
  fault?: string | undefined;
  /** A check whether the broker answers on this connection, while it is under way. */
  check?: Promise<boolean> | undefined;
}

/** After a failed connect, Davit waits this long, so that it does not connect again for each of a thousand messages. */
const coolDownMs = 1_000;

/** Keeps one connection: opens it when there is none, and gives all callers the same one. */
export const keepConnection = (address: Address) => {
  let current: Promise<Connection> | undefined;
  let live: Connection | undefined;
  let failed: { readonly until: number; readonly error: unknown } = { until: 0, error: undefined };

  const forget = (closed: Connection): void => {
    if (live === closed) {
      live = undefined;
      current = undefined;
    }
  };
  const open = async (): Promise<Connection> => {
    if (performance.now() < failed.until) {
      throw failed.error;
    }
    try {
      const connection = connectionOf(await dial(address));
      connection.model.on('close', () => forget(connection));
      live = connection;
      return connection;
    } catch (error) {
      failed = { until: performance.now() + coolDownMs, error };
      throw error;
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
  /** Does not wait for the close: a broker that does not answer does not confirm the close either. */
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

/** The hard errors of AMQP 0-9-1 that a client's frames cause. 320 is not one: the broker is being stopped. */
const isFault = (code: unknown): boolean => typeof code === 'number' && code >= 500;

const nothing = (): void => {};
