import { createServer, type Server } from 'node:net';

/**
 * Takes the two ports that a local RabbitMQ prefers for the time of a run. Several stacks run at once, and some stop their
 * broker for a while: another one that starts then would get its port, and refuse its users.
 */
const usual = [5673, 15673];

/** Runs once in front of a project of the suite; returns what runs behind it. A port that is taken already is fine. */
export const setup = async (): Promise<() => void> => {
  const servers = await Promise.all(usual.map(listenOn));
  return () => {
    for (const server of servers) server?.close();
  };
};

const listenOn = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
