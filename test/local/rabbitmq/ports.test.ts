import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { firstEphemeralPort } from '../../../local/machine/ephemeral-ports.ts';
import { choosePorts } from '../../../local/rabbitmq/ports.ts';
import { until } from '../../kit/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'davit-ports-'));
const remembered = join(folder, 'ports.json');
afterAll(() => rmSync(folder, { recursive: true }));

test('keeps the ports that it had', async () => {
  const ports = await choosePorts(join(folder, 'none.json'));
  writeFileSync(remembered, JSON.stringify(ports));
  expect(await choosePorts(remembered)).toEqual(ports);
});

/** Another program has this port until it is closed; the folder of a node remembers the port. */
const squat = async (): Promise<{ readonly port: number; readonly close: () => void }> => {
  const squatter = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void squatter.close());
  await once(squatter, 'listening');
  // It listens on TCP, so its address is not the path of a pipe.
  const { port } = squatter.address() as AddressInfo;
  writeFileSync(remembered, JSON.stringify({ amqp: port }));
  return { port, close: () => squatter.close() };
};

test('takes another port when its own is taken', async () => {
  const { port } = await squat();
  const ports = await choosePorts(remembered);
  expect(ports.amqp).not.toBe(port);
  expect(new Set(Object.values(ports)).size).toBe(4);
});

test('takes ports that the system gives to no one else', async () => {
  const { port } = await squat();
  expect(port).toBeGreaterThanOrEqual(firstEphemeralPort());
  for (const path of [remembered, join(folder, 'none.json')]) {
    const ports = Object.values(await choosePorts(path));
    expect(Math.max(...ports)).toBeLessThan(firstEphemeralPort());
  }
});

test('waits until its own port is free, and says so once', async () => {
  const { port, close } = await squat();
  const lines: string[] = [];
  const wait = { until: performance.now() + 20_000, log: (line: string) => void lines.push(line) };
  const chosen = choosePorts(remembered, wait);
  await until('the line', () => lines.length > 0 || undefined);
  close();
  expect((await chosen).amqp).toBe(port);
  expect(lines).toEqual([
    expect.stringMatching(
      new RegExp(`^another program has RabbitMQ's port ${port}: waiting up to \\d+ s`),
    ),
  ]);
});

test('takes another port when its own is still taken after the wait', async () => {
  const { port } = await squat();
  const wait = { until: performance.now() + 250, log: () => {} };
  expect((await choosePorts(remembered, wait)).amqp).not.toBe(port);
});

test('stops waiting when the start is aborted', async () => {
  await squat();
  const stop = new AbortController();
  const wait = {
    until: performance.now() + 20_000,
    signal: stop.signal,
    log: () => stop.abort(new Error('the stack stops')),
  };
  await expect(choosePorts(remembered, wait)).rejects.toThrow('the stack stops');
});

test('does not wait for ports that are free', async () => {
  const ports = await choosePorts(join(folder, 'none.json'));
  writeFileSync(remembered, JSON.stringify(ports));
  const log = () => expect.unreachable('it waits');
  expect(await choosePorts(remembered, { until: performance.now() + 20_000, log })).toEqual(ports);
});

test('gives no two of a node the same port', async () => {
  const { amqp } = await choosePorts(join(folder, 'none.json'));
  writeFileSync(remembered, JSON.stringify({ amqp, management: amqp, epmd: amqp }));
  const ports = await choosePorts(remembered);
  expect(ports.amqp).toBe(amqp);
  expect(new Set(Object.values(ports)).size).toBe(4);
});

test.each(['', '{', '[]', '{"amqp":"5673"}'])('a file with %j remembers nothing', async (text) => {
  writeFileSync(remembered, text);
  expect((await choosePorts(remembered)).amqp).toBeTypeOf('number');
});
