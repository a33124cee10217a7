import { expect, it } from 'vitest';
import { openBroker } from '../../../local/rabbitmq/broker.ts';
import type { Rabbit } from '../../../local/rabbitmq/rabbitmq.ts';
import { until } from '../../kit/until.ts';

/** A server that does nothing, and ends when `end` is called. */
const serverAt = (amqpPort: number): Rabbit & { readonly end: () => void } => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  return {
    amqpUrl: `amqp://127.0.0.1:${amqpPort}`,
    managementUrl: 'http://127.0.0.1:15673',
    amqpPort,
    managementPort: 15_673,
    admin: { username: 'admin', password: 'not-a-real-one' },
    pid: 0,
    ended,
    stop: async () => end(),
    end,
  };
};

it('starts a server that ended by itself until it runs, and says that its address is another one', async () => {
  const first = serverAt(5_673);
  const starts = [
    async () => first,
    async () => Promise.reject(new Error('no room on the disk')),
    async () => serverAt(5_674),
  ];
  const lines: string[] = [];
  const waits: (number | undefined)[] = [];
  const options = { dir: '/nowhere', log: (line: string) => void lines.push(line) };
  const broker = await openBroker(options, async ({ portWaitMs }) => {
    waits.push(portWaitMs);
    const next = starts.shift();
    if (next === undefined) throw new Error('started too often');
    return next();
  });
  first.end();
  await until('the new one', () => broker.amqpUrl() === 'amqp://127.0.0.1:5674');
  await broker.stop();
  expect(starts).toEqual([]);
  expect(lines).toEqual([
    'RabbitMQ ended by itself and is started again',
    expect.stringMatching(/did not start, and is tried again: .*no room on the disk/),
    expect.stringMatching(/moved from .*:5673 to .*:5674/),
  ]);
  // Only a server that has an address already waits for its ports.
  expect(waits).toEqual([0, 10_000, 10_000]);
});
