import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { engineAt } from '../../../../../local/ecs/runtime/engine/connect.ts';
import { endOf } from '../../../../../local/ecs/runtime/engine/container-end.ts';

/** A container of an engine that answers one after the other, and then the last again and again. */
const answering = (...answers: readonly (readonly [status: number, state: object])[]) => {
  const dir = mkdtempSync(join(tmpdir(), 'davit-end-'));
  const left = [...answers];
  const server = createServer((_, response) => {
    const [status, State] = (left.length > 1 ? left.shift() : left[0]) ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? { State } : { message: 'no' }));
  }).listen(join(dir, 'engine.sock'));
  onTestFinished(() => {
    server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return engineAt(`unix://${join(dir, 'engine.sock')}`).getContainer('1');
};

const running = { Status: 'running', Running: true, ExitCode: 0, OOMKilled: false };
const stopping = { Status: 'stopping', Running: false, ExitCode: 0, OOMKilled: false };
const stopped = { Status: 'stopped', Running: false, ExitCode: 137, OOMKilled: false };

it('takes no exit code of a container that is only about to end', async () => {
  const container = answering([200, running], [200, stopping], [200, stopped]);
  expect(await endOf(container)).toEqual({ kind: 'exited', exitCode: 137, outOfMemory: false });
});

it('asks again when the engine cannot say, and learns that the container was removed', async () => {
  const container = answering([200, stopping], [500, {}], [404, {}]);
  expect(await endOf(container)).toEqual({ kind: 'removed' });
});

it('takes a container that lives on without its output for one that has lost its engine', async () => {
  expect(await endOf(answering([200, running]))).toEqual({ kind: 'engineLost' });
});
