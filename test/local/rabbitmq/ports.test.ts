import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { choosePorts } from '../../../local/rabbitmq/ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'davit-ports-'));
const remembered = join(folder, 'ports.json');
afterAll(() => rmSync(folder, { recursive: true }));

test('keeps the ports that it had', async () => {
  const ports = await choosePorts(join(folder, 'none.json'));
  writeFileSync(remembered, JSON.stringify(ports));
  expect(await choosePorts(remembered)).toEqual(ports);
});

test('takes another port when its own is taken', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  // It listens on TCP, so its address is not the path of a pipe.
  const { port } = squatter.address() as AddressInfo;
  writeFileSync(remembered, JSON.stringify({ amqp: port }));
  const ports = await choosePorts(remembered);
  squatter.close();
  expect(ports.amqp).not.toBe(port);
  expect(new Set(Object.values(ports)).size).toBe(4);
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
