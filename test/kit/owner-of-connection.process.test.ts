import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownerOfConnection } from './owner-of-connection.ts';

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

/** Another process, which connects from this port, and ends with its stdin. */
const openNeighbour = async (server: Server | undefined, localPort: number) => {
  const at = JSON.stringify({ host: '127.0.0.1', port: portOf(server), localPort });
  const program = `require('node:net').connect(${at}).on('connect', () => console.log('connected')); process.stdin.resume().on('end', () => process.exit());`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [text] = await once(child.stdout, 'data');
  expect(String(text)).toBe('connected\n');
  return {
    pid: child.pid ?? 0,
    end: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
};

it('finds the owner of a connection from a port that was used for earlier connections to other servers', async () => {
  const clientPort = await freePort();
  // The system lists each of them for a minute after its end, before or after the one that lives.
  for (const server of servers.slice(1)) {
    const earlier = await connected(server, clientPort);
    earlier.end();
    await once(earlier, 'close');
  }
  const socket = await connected(servers[0], clientPort);
  const connection = { clientPort, serverPort: portOf(servers[0]) };
  expect(ownerOfConnection(connection, [1, process.pid])).toBe(process.pid);
  socket.destroy();
});

it('tells two processes apart that connect from the same port to two servers', async () => {
  const clientPort = await freePort();
  const [ours, theirs] = servers.map(portOf);
  const socket = await connected(servers[0], clientPort);
  const neighbour = await openNeighbour(servers[1], clientPort);
  const ownerAt = (serverPort = 0) =>
    ownerOfConnection({ clientPort, serverPort }, [1, neighbour.pid, process.pid]);
  expect([ownerAt(ours), ownerAt(theirs)]).toEqual([process.pid, neighbour.pid]);
  socket.destroy();
  await neighbour.end();
});

it('knows no owner of a connection that none of the processes has', async () => {
  const socket = await connected(servers[0]);
  const connection = { clientPort: socket.localPort ?? 0, serverPort: portOf(servers[0]) };
  expect(ownerOfConnection(connection, [1])).toBeUndefined();
  socket.destroy();
});
