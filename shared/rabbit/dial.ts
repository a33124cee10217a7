import { type ChannelModel, connect } from 'amqplib';

/** Name and password of a broker user. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Where the broker is, and how to log in. */
export interface Address {
  /** `amqps://host:port`, without credentials. */
  readonly url: string;
  readonly virtualHost: string;
  /** Called for each connect; `fresh` is true after a refused login, because the secret may have been rotated. */
  readonly login: (fresh: boolean) => Promise<Login>;
}

/** Connects and logs in. When the login is refused, tries once more with a fresh secret. Rejects with the broker's words. */
export const dial = async (address: Address): Promise<ChannelModel> => {
  try {
    return await connectOnce(address, false);
  } catch (error) {
    if (error instanceof Error && /ACCESS[-_]REFUSED/.test(error.message)) {
      return await connectOnce(address, true);
    }
    throw explainDialError(error, address);
  }
};

/**
 * RabbitMQ closes a connection whose client is silent for twice this time. A frozen Lambda is silent: after two minutes its
 * connection, or that of an environment that no longer exists, no longer counts towards the broker's limit (300 on the smallest).
 * A Lambda that runs again connects again.
 */
const heartbeatS = 60;

const connectTimeoutMs = 5_000;

const connectOnce = async (address: Address, fresh: boolean): Promise<ChannelModel> => {
  const { protocol, hostname, port } = new URL(address.url);
  const model = await connect(
    {
      protocol: protocol.replace(':', ''),
      hostname,
      port: Number(port) || (protocol === 'amqps:' ? 5671 : 5672),
      // amqplib unescapes it.
      vhost: encodeURIComponent(address.virtualHost),
      heartbeat: heartbeatS,
      ...(await address.login(fresh)),
    },
    { timeout: connectTimeoutMs, noDelay: true, keepAlive: true },
  );
  // `close` follows every error; without a listener the error would end the process.
  model.on('error', () => {});
  return model;
};

/** amqplib names only the frame that it got, and not what the broker said in it. */
const explainDialError = (error: unknown, { virtualHost }: Address): unknown =>
  error instanceof Error && error.message.includes('Expected ConnectionOpenOk')
    ? new Error(
        `RabbitMQ did not open the virtual host "${virtualHost}": it does not exist, or the user may not use it`,
        { cause: error },
      )
    : error;
