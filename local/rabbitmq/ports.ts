import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** The TCP ports of one node, all on 127.0.0.1. */
export interface Ports {
  readonly amqp: number;
  readonly management: number;
  readonly distribution: number;
  readonly epmd: number;
}

// Next to RabbitMQ's own 5672 and 15672, which somebody else's broker may have.
const preferred = { amqp: 5673, management: 15673 } as const;

/** Ports for a node: those it had last time, else 5673 and 15673, each only while it is free, else any free one. */
export const choosePorts = async (rememberedAt: string): Promise<Ports> => {
  const remembered = readPorts(rememberedAt);
  return {
    amqp: await firstFree([remembered.amqp, preferred.amqp]),
    management: await firstFree([remembered.management, preferred.management]),
    distribution: await firstFree([remembered.distribution]),
    epmd: await firstFree([remembered.epmd]),
  };
};

/** What an earlier start wrote; a file that is missing or broken remembers nothing. */
const readPorts = (path: string): Record<string, unknown> => {
  try {
    return { ...JSON.parse(readFileSync(path, 'utf8')) };
  } catch {
    return {};
  }
};

const firstFree = async (wanted: readonly unknown[]): Promise<number> => {
  for (const port of wanted) {
    if (typeof port === 'number' && (await listens(port)) !== undefined) return port;
  }
  const any = await listens(0);
  if (any === undefined) throw new Error('No TCP port is free on 127.0.0.1.');
  return any;
};

/** Listens for a moment, and answers the port, or undefined when it is taken. */
const listens = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const got = address !== null && typeof address === 'object' ? address.port : undefined;
      server.close(() => resolve(got));
    });
  });
