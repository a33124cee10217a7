import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp from 'amqplib';
import { afterAll, afterEach, expect, test } from 'vitest';
import { environmentOf } from '../../local/rabbitmq/files.ts';
import { type Rabbit, startRabbit } from '../../local/rabbitmq/rabbitmq.ts';
import { isGoneWithin, processIdentityOf } from '../../local/setup/process-identity.mjs';
import { livingIn, nothingLivesIn } from '../kit/process-identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'davit-rabbit-'));
const running = new Set<Rabbit>();

const start = async (name: string, log: (line: string) => void = () => {}): Promise<Rabbit> => {
  const rabbit = await startRabbit({ dir: join(folder, name), log });
  running.add(rabbit);
  return rabbit;
};

afterEach(async () => {
  await Promise.all([...running].map((rabbit) => rabbit.stop()));
  running.clear();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const connect = ({ amqpPort, admin }: Rabbit) =>
  amqp.connect({ hostname: '127.0.0.1', port: amqpPort, ...admin });

const publish = async (rabbit: Rabbit, body: string): Promise<void> => {
  const connection = await connect(rabbit);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('tasks', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  channel.sendToQueue('tasks', Buffer.from(body), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
};

const taken = async (rabbit: Rabbit): Promise<string | undefined> => {
  const connection = await connect(rabbit);
  const channel = await connection.createChannel();
  const message = await channel.get('tasks', { noAck: true });
  await connection.close();
  return message === false ? undefined : message.content.toString();
};

test('keeps confirmed messages over a stop, and over a SIGKILL of the server, at the same address', async () => {
  const first = await start('kept');
  await publish(first, 'before the stop');
  await first.stop();
  const second = await start('kept');
  const { amqpUrl, managementUrl, admin } = first;
  expect(second).toMatchObject({ amqpUrl, managementUrl, admin });
  // RabbitMQ 3.10 loses a queue that is seconds old at a SIGKILL; this queue has been through a stop.
  await publish(second, 'before the kill');
  process.kill(second.pid, 'SIGKILL');
  await second.ended;
  await second.stop();
  const third = await start('kept');
  expect(await taken(third)).toBe('before the stop');
  expect(await taken(third)).toBe('before the kill');
});

test('runs beside another node, without a guest, and leaves no process behind when it is stopped', async () => {
  const [one, two] = await Promise.all([start('one'), start('two')]);
  await publish(one, 'for one');
  await publish(two, 'for two');
  expect(await taken(one)).toBe('for one');
  expect(await taken(two)).toBe('for two');
  const guest = { hostname: '127.0.0.1', port: one.amqpPort, username: 'guest', password: 'guest' };
  await expect(amqp.connect(guest)).rejects.toThrow(/ACCESS_REFUSED/);
  expect(statSync(join(folder, 'one', 'admin.json')).mode & 0o077).toBe(0);
  expect(livingIn(join(folder, 'one')).length).toBeGreaterThan(1);
  await one.stop();
  expect(livingIn(join(folder, 'one'))).toEqual([]);
  expect(livingIn(join(folder, 'two')).length).toBeGreaterThan(1);
});

test('ends the processes that a killed owner left in its folder, keeps its messages, and refuses while the owner lives', async () => {
  const dir = join(folder, 'orphan');
  const module = join(import.meta.dirname, '../../local/rabbitmq/rabbitmq.ts');
  const script = `const { startRabbit } = await import(${JSON.stringify(module)});
    const rabbit = await startRabbit({ dir: ${JSON.stringify(dir)}, log: () => {} });
    console.log(JSON.stringify({ ...rabbit }));`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(owner.stdout.setEncoding('utf8'), 'data');
  const left: Rabbit = JSON.parse(line);
  await publish(left, 'before the kill');
  await expect(start('orphan')).rejects.toThrow(
    new RegExp(`belongs to process ${owner.pid}, which is running: stop that first`),
  );
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const orphan = processIdentityOf(left.pid);
  expect(orphan).toBeDefined();
  const lines: string[] = [];
  const rabbit = await start('orphan', (text) => lines.push(text));
  expect(orphan && (await isGoneWithin(orphan, 0))).toBe(true);
  expect(lines.join()).toContain(`process ${left.pid}`);
  expect(await taken(rabbit)).toBe('before the kill');
});

test('ends by itself when its owner is killed and not started again', async () => {
  const dir = join(folder, 'alone');
  const module = join(import.meta.dirname, '../../local/rabbitmq/rabbitmq.ts');
  const script = `const { startRabbit } = await import(${JSON.stringify(module)});
    await startRabbit({ dir: ${JSON.stringify(dir)}, log: () => {} });
    console.log('ready');`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(owner.stdout, 'data');
  expect(livingIn(dir).length).toBeGreaterThan(1);
  owner.kill('SIGKILL');
  await nothingLivesIn(dir);
});

test('no Erlang program of the server starts an epmd after the end of ours', async () => {
  const rabbit = await start('late');
  const dir = join(folder, 'late');
  const ports = JSON.parse(readFileSync(join(dir, 'ports.json'), 'utf8'));
  await rabbit.stop();
  // RabbitMQ does this at its start and each minute (rabbit_nodes_common:ensure_epmd); here it comes a moment too late.
  const starter = ['-boot', 'no_dot_erlang', '-sname', 'late', '-noinput', '-s', 'erlang', 'halt'];
  const env = { PATH: process.env.PATH, ...environmentOf(dir, ports) };
  await once(spawn('erl', starter, { env, stdio: 'ignore' }), 'exit');
  expect(livingIn(dir)).toEqual([]);
});

test('an aborted start leaves nothing behind', async () => {
  const dir = join(folder, 'off');
  const signal = AbortSignal.timeout(1_500);
  await expect(startRabbit({ dir, signal, log: () => {} })).rejects.toThrow(/abort|timeout/i);
  expect(livingIn(dir)).toEqual([]);
  expect(readdirSync(dir)).not.toContain('node.json');
});
