import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chooseRuntime } from '../../../../local/ecs/runtime/choose-runtime.ts';
import { addressesOf } from '../../../../local/ecs/runtime/engine/find-engine.ts';

let dir: string;
let server: Server | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-choose-'));
});

afterEach(() => {
  server?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Something that listens where an engine would. */
const listen = (answers: Readonly<Record<string, object>>): string => {
  const socket = join(dir, 'engine.sock');
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'out of order' }));
  }).listen(socket);
  return `unix://${socket}`;
};

it('runs processes when nothing is said, and says how to get containers', async () => {
  const chosen = await chooseRuntime({});
  expect(chosen).not.toHaveProperty('engine');
  expect(chosen.says).toBe(
    'each run is a child process: DAVIT_RUNTIME is not set (with DAVIT_RUNTIME=containers it is a container)',
  );
});

it('runs processes when they are wanted, whatever engine there is', async () => {
  const chosen = await chooseRuntime({ DAVIT_RUNTIME: 'processes', DOCKER_HOST: 'unix:///x' });
  expect(chosen).toEqual({ says: 'each run is a child process: DAVIT_RUNTIME=processes' });
});

it('runs containers of the engine that answers, and names it', async () => {
  const address = listen({
    '/version': { Version: '4.3.1', Arch: 'amd64', Components: [{ Name: 'Podman Engine' }] },
    '/info': { NCPU: 4 },
  });
  expect(await chooseRuntime({ DAVIT_RUNTIME: 'containers', DOCKER_HOST: address })).toEqual({
    engine: { address, name: 'Podman Engine 4.3.1', cpus: 4, architecture: 'amd64' },
    says: `each run is a container of Podman Engine 4.3.1 at ${address}: DAVIT_RUNTIME=containers`,
  });
});

it.each([
  ['does not exist', 'unix:///no/such.sock', /unix:\/\/\/no\/such\.sock \(connect ENOENT/],
  ['is not of a kind that is known', 'ssh://host', /must begin with unix:\/\/ or tcp:\/\/\)/],
])('says what was tried, and what to do, when the engine %s', async (_why, address, tried) => {
  const chosen = chooseRuntime({ DAVIT_RUNTIME: 'containers', DOCKER_HOST: address });
  await expect(chosen).rejects.toThrow(tried);
  await expect(chosen).rejects.toThrow(
    /^DAVIT_RUNTIME=containers needs a container engine that answers, and none does: .*Start Docker, or Podman .*DAVIT_RUNTIME=processes\.$/,
  );
});

it('does not take a socket whose answers are errors for an engine', async () => {
  const address = listen({});
  const chosen = chooseRuntime({ DAVIT_RUNTIME: 'containers', DOCKER_HOST: address });
  await expect(chosen).rejects.toThrow(/out of order/);
});

it('refuses another value with the values that it knows', async () => {
  await expect(chooseRuntime({ DAVIT_RUNTIME: 'docker' })).rejects.toThrow(
    'DAVIT_RUNTIME must be "containers" or "processes", not "docker".',
  );
});

it('tries the sockets of Docker, of Podman for root and of Podman for this user, unless DOCKER_HOST is set', () => {
  expect(addressesOf({ XDG_RUNTIME_DIR: '/run/user/1000' })).toEqual([
    'unix:///var/run/docker.sock',
    'unix:///run/podman/podman.sock',
    'unix:///run/user/1000/podman/podman.sock',
  ]);
  expect(addressesOf({ DOCKER_HOST: 'tcp://127.0.0.1:2375', XDG_RUNTIME_DIR: '/x' })).toEqual([
    'tcp://127.0.0.1:2375',
  ]);
});
