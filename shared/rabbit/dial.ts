import { type ChannelModel, connect } from 'amqplib';

/** Name and password of a broker user. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Where the broker is, and how to be let in. */
export interface Address {
  /** `amqps://host:port`, without credentials. */
  readonly url: string;
  readonly virtualHost: string;
  /** Asked for at each connect; `fresh` after a refused login, since the secret may have been rotated. */
  readonly login: (fresh: boolean) => Promise<Login>;
}

/** Connects and logs in; once more with a fresh secret when the login is refused. Rejects with the broker's words. */
export const dial = async (address: Address): Promise<ChannelModel> => {
  try {
    return await connectOnce(address, false);
  } catch (error) {
    if (error instanceof Error && /ACCESS[-_]REFUSED/.test(error.message)) {
      return await connectOnce(address, true);
    }
    throw inWords(error, address);
  }
};

/**
 * RabbitMQ drops a peer that is silent for twice this time. A frozen Lambda is silent: its connections, and those of
 * environments that are gone, free their place on the broker (300 on the smallest) in two minutes, and ours is made again.
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

/** amqplib names the frame that it got, and not what the broker said in it. */
const inWords = (error: unknown, { virtualHost }: Address): unknown =>
  error instanceof Error && error.message.includes('Expected ConnectionOpenOk')
    ? new Error(
        `RabbitMQ did not open the virtual host "${virtualHost}": it does not exist, or the user may not use it`,
        { cause: error },
      )
    : error;
