import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type Frame, frameReader } from './amqp-frames.ts';
import type { Connection } from './owner-of-connection.ts';

/** A question to the broker, before RabbitMQ has it, and after RabbitMQ has answered, before its client has the answer. */
export interface SeenQuestion {
  /** On which connection it came. */
  readonly connection: Connection;
  readonly action: 'publish' | 'queue.declare';
  readonly phase: 'before' | 'after';
}

/** Something between clients and the broker. */
export interface Tap {
  /** The address for clients of the broker that listens at `url`. */
  readonly addressFor: (url: string) => string;
  readonly close: () => Promise<void>;
}

/**
 * Opens a tap that passes every byte on, and shows publishes (each until its confirm) and declarations of queues. When `seen`
 * answers 'cut', the connection ends at that point: the frame is passed on to no one. Not shown: the frames that open
 * connections and channels.
 */
export const openTap = async (
  seen: (question: SeenQuestion) => 'cut' | undefined,
): Promise<Tap> => {
  let target = { hostname: '127.0.0.1', port: 0 };
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect({ host: target.hostname, port: target.port, noDelay: true });
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      open.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        other.end();
      });
    }
    passOn({ client, broker, seen });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    addressFor: (url) => {
      const { hostname, port: brokerPort } = new URL(url);
      target = { hostname, port: Number(brokerPort) };
      return `amqp://127.0.0.1:${port}`;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const one of open) one.destroy();
      await closed;
    },
  };
};

const publish = '60.40';
const declare = '50.10';
const declared = '50.11';
const openChannel = '20.10';
const isConfirm = (method: string | undefined): boolean =>
  method === '60.80' || method === '60.120';

interface Ends {
  readonly client: Socket;
  readonly broker: Socket;
  readonly seen: (question: SeenQuestion) => 'cut' | undefined;
}

const passOn = ({ client, broker, seen }: Ends): void => {
  const connection = { clientPort: client.remotePort ?? 0, serverPort: client.localPort ?? 0 };
  const letters = openLetters();
  let isCut = false;

  const asks = (action: SeenQuestion['action'], phase: SeenQuestion['phase']): void => {
    isCut ||= seen({ connection, action, phase }) === 'cut';
  };
  const sent = ({ channel, method }: Frame): void => {
    if (method === openChannel) letters.reset(channel);
    if (method === declare) asks('queue.declare', 'before');
    if (method !== publish) return;
    letters.add(channel);
    asks('publish', 'before');
  };
  const answered = (frame: Frame): void => {
    if (frame.method === declared) asks('queue.declare', 'after');
    if (!isConfirm(frame.method)) return;
    for (let left = letters.confirm(frame); left > 0 && !isCut; left -= 1) asks('publish', 'after');
  };
  const passed = (frame: Frame, see: (frame: Frame) => void): boolean => {
    if (!isCut) see(frame);
    return !isCut;
  };
  const pass = (from: Socket, to: Socket, see: (frame: Frame) => void): void => {
    const read = frameReader();
    from.on('data', (chunk: Buffer) => {
      for (const frame of read(chunk)) if (passed(frame, see)) to.write(frame.bytes);
      if (isCut) client.destroy();
    });
  };
  pass(client, broker, sent);
  pass(broker, client, answered);
};

/** The letters of each channel that wait for their confirms, by the number that RabbitMQ gives them: it counts from 1. */
const openLetters = () => {
  const channels = new Map<number, { last: number; waiting: Set<number> }>();
  const of = (channel: number) => {
    const known = channels.get(channel) ?? { last: 0, waiting: new Set<number>() };
    channels.set(channel, known);
    return known;
  };
  return {
    reset: (channel: number): void => void channels.delete(channel),
    add: (channel: number): void => {
      const known = of(channel);
      known.last += 1;
      known.waiting.add(known.last);
    },
    /** How many letters this confirm is about. */
    confirm: ({ channel, content }: Frame): number => {
      const { waiting } = of(channel);
      const tag = Number(content.readBigUInt64BE(0));
      const isMultiple = ((content[8] ?? 0) & 1) === 1;
      const all = [...waiting].filter((one) => one === tag || (isMultiple && one <= tag));
      for (const one of all) waiting.delete(one);
      return all.length;
    },
  };
};
