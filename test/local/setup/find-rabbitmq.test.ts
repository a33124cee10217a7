import { expect, test } from 'vitest';
import { findRabbitmqServer, rabbitmqMissing } from '../../../local/setup/find-rabbitmq.mjs';

test('takes the program that DAVIT_RABBITMQ_SERVER names', () => {
  expect(findRabbitmqServer({ DAVIT_RABBITMQ_SERVER: process.execPath })).toBe(process.execPath);
});

test('takes no other program when the named one is not a program', () => {
  const env = { DAVIT_RABBITMQ_SERVER: '/nowhere/rabbitmq-server' };
  expect(findRabbitmqServer(env)).toBeUndefined();
  expect(rabbitmqMissing(env, 'linux')).toMatch(
    /but \/nowhere\/rabbitmq-server is not a program: correct/,
  );
});

test.each([
  ['linux' as const, 'sudo apt-get install rabbitmq-server'],
  ['darwin' as const, 'brew install rabbitmq'],
])('says on %s what installs a missing RabbitMQ', (platform, command) => {
  expect(rabbitmqMissing({}, platform)).toContain(`run \`${command}\``);
});
