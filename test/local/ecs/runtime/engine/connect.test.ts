import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createContainer, engineAt } from '../../../../../local/ecs/runtime/engine/connect.ts';

interface Asked {
  readonly url: string;
  readonly body: string;
}

let dir: string;
let server: Server;
const asked: Asked[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-engine-'));
  asked.length = 0;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ url: request.url ?? '', body });
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"Id":"made"}');
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

const listenAt = async (at: string | number): Promise<void> => {
  if (typeof at === 'string') server.listen(at);
  else server.listen(at, '127.0.0.1');
  await once(server, 'listening');
};

const secret = { name: 'davit-1', Image: 'box', Env: ['TOKEN=hidden'] };

it('asks the engine of a socket, also when DOCKER_HOST is the address of another one', async () => {
  const socket = join(dir, 'engine.sock');
  await listenAt(socket);
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  const container = await createContainer(engineAt(`unix://${socket}`), secret);
  expect(container.id).toBe('made');
});

it('asks the engine at the address that is given, and not the one of DOCKER_HOST', async () => {
  await listenAt(0);
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  for (const scheme of ['tcp', 'http'])
    await createContainer(engineAt(`${scheme}://127.0.0.1:${port}`), secret);
  expect(asked).toHaveLength(2);
});

it('writes no secret into the address of a request', async () => {
  const socket = join(dir, 'engine.sock');
  await listenAt(socket);
  await createContainer(engineAt(`unix://${socket}`), secret);
  const [{ url, body } = { url: '', body: '' }] = asked;
  expect(url).toBe('/containers/create?name=davit-1');
  expect(JSON.parse(body)).toEqual({ Image: 'box', Env: ['TOKEN=hidden'] });
});
