import { expect, test } from 'vitest';
import { configOf } from '../shared/config.ts';

const whole = {
  DAVIT_STAGE: 'local',
  DAVIT_TABLE: 'davit-local-tasks',
  DAVIT_PARAMETERS: '/davit/local/tools',
  DAVIT_BROKER_URL: 'amqps://broker:5671',
  DAVIT_SUBNETS: 'subnet-1,subnet-2',
};

test('a function gets the variables that it reads, lists as lists', () => {
  const config = configOf(
    (env) => ({ table: env.table(), subnets: env.subnets(), url: env.brokerUrl() }),
    whole,
  );
  expect(config).toEqual({
    table: 'davit-local-tasks',
    subnets: ['subnet-1', 'subnet-2'],
    url: 'amqps://broker:5671',
  });
});

test('a variable that it does not read may be missing', () => {
  expect(configOf((env) => env.stage(), { DAVIT_STAGE: 'prod' })).toBe('prod');
});

test('one message names every fault, with what was expected and what came', () => {
  const read = () =>
    configOf((env) => [env.table(), env.stage(), env.parameters(), env.subnets(), env.cluster()], {
      DAVIT_STAGE: 'Prod',
      DAVIT_PARAMETERS: 'davit/',
      DAVIT_SUBNETS: 'a,,b',
      DAVIT_CLUSTER: '',
    });
  for (const fault of [
    'DAVIT_TABLE must be the name of the task table, but is not set',
    'DAVIT_STAGE must be the name of the stage, but is "Prod"',
    'DAVIT_PARAMETERS must be a parameter path such as /davit/prod/tools, but is "davit/"',
    'DAVIT_SUBNETS must be subnet ids with commas between them, but is "a,,b"',
    'DAVIT_CLUSTER must be the name of the ECS cluster, but is not set',
  ]) {
    expect(read).toThrow(fault);
  }
});

test.each(['amqps://davit:secret@broker:5671', 'https://broker', 'broker'])(
  'the broker address %s is refused and not shown, because it may contain a password',
  (url) => {
    const read = () => configOf((env) => env.brokerUrl(), { DAVIT_BROKER_URL: url });
    expect(read).toThrow('without a user, but is something else');
    expect(read).not.toThrow(url);
  },
);

test('the prefix of the reply queues covers no queue of Davit, and is not a pattern', () => {
  const read = (DAVIT_REPLY_PREFIX?: string) =>
    configOf((env) => env.replyPrefix(), { ...(DAVIT_REPLY_PREFIX ? { DAVIT_REPLY_PREFIX } : {}) });
  expect(read('answers-')).toBe('answers-');
  expect(() => read()).toThrow(/DAVIT_REPLY_PREFIX must be the beginning of .*, but is not set/);
  expect(() => read('davit')).toThrow('of one of them, but is "davit"');
  expect(() => read('.*')).toThrow('but is ".*"');
});

test('the virtual host is / when none is named', () => {
  expect(configOf((env) => env.virtualHost(), {})).toBe('/');
  expect(configOf((env) => env.virtualHost(), { DAVIT_VHOST: 'davit' })).toBe('davit');
});

test('more subnets or security groups than ECS accepts are refused', () => {
  const many = Array.from({ length: 17 }, (_, index) => `subnet-${index}`).join(',');
  const read = () =>
    configOf((env) => [env.subnets(), env.securityGroups()], {
      DAVIT_SUBNETS: many,
      DAVIT_SECURITY_GROUPS: 'a,b,c,d,e',
    });
  expect(read).toThrow('DAVIT_SUBNETS must be at most 16 subnet ids with commas between them');
  expect(read).not.toThrow('DAVIT_SECURITY_GROUPS');
});
