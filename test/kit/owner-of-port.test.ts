import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownerOfPort } from './owner-of-port.ts';

const servers: readonly Server[] = Array.from({ length: 30 }, () => createServer());

beforeAll(async () => {
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.on('connection', (socket) => socket.resume());
  }
});

afterAll(() => {
  for (const server of servers) server.close();
});

const portOf = (server: Server | undefined): number => {
  const address = server?.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
};

const connected = async (server: Server | undefined, localPort?: number) => {
  const port = portOf(server);
  const socket = connect({ host: '127.0.0.1', port, ...(localPort ? { localPort } : {}) });
  await once(socket, 'connect');
  return socket;
};

it('finds the owner of a port that was used for earlier connections to other servers', async () => {
  const port = await freePort();
  // The system lists each of them for a minute after its end, before or after the one that lives.
  for (const server of servers.slice(1)) {
    const earlier = await connected(server, port);
    earlier.end();
    await once(earlier, 'close');
  }
  const socket = await connected(servers[0], port);
  expect(ownerOfPort(port, [1, process.pid])).toBe(process.pid);
  socket.destroy();
});

it('knows no owner of a port that none of the processes has', async () => {
  const socket = await connected(servers[0]);
  const port = socket.localPort ?? 0;
  expect(ownerOfPort(port, [1])).toBeUndefined();
  socket.destroy();
});
