import { describe, expect, it } from 'vitest';
import {
  functionsMay,
  localPublisherMay,
  publisherMay,
  stepsOf,
} from '../../shared/rabbit/topology-plan.ts';

const users = {
  functions: { username: 'davit', password: 'f' },
  publisher: { username: 'publisher', password: 'p' },
};

const site = {
  stage: 'prod',
  virtualHost: '/',
  administrator: 'admin',
  users,
  replyPrefix: 'reply.',
};

const may = publisherMay('reply.');

const argumentsOf = (version: string): unknown[] =>
  stepsOf(version, site)
    .filter((step) => step.what.startsWith('queue '))
    .map((step) => step.body.arguments);

describe('the topology', () => {
  it.each(['4.0.0', '4.2.1', '4.3.0-beta.1', '10.0.0'])(
    'lifts the delivery limit of every queue on RabbitMQ %s',
    (version) => {
      const toDead = {
        'x-queue-type': 'quorum',
        'x-delivery-limit': -1,
        'x-dead-letter-exchange': 'davit.dlx',
      };
      const last = { 'x-queue-type': 'quorum', 'x-delivery-limit': -1 };
      expect(argumentsOf(version)).toEqual([last, last, toDead, toDead]);
    },
  );

  it.each(['3.10.8', '3.13.7'])('sets no delivery limit on RabbitMQ %s', (version) => {
    const toDead = { 'x-queue-type': 'quorum', 'x-dead-letter-exchange': 'davit.dlx' };
    const last = { 'x-queue-type': 'quorum' };
    expect(argumentsOf(version)).toEqual([last, last, toDead, toDead]);
  });

  it('encodes a slash in the virtual host and in users for paths', () => {
    const paths = stepsOf('3.10.8', {
      ...site,
      virtualHost: 'a/b',
      administrator: 'ad min',
    }).map((step) => step.path);
    expect(paths).toContain('queues/a%2Fb/davit.tasks');
    expect(paths).toContain('permissions/a%2Fb/ad%20min');
  });

  it('binds the queue for dropped messages before it unbinds the old one', () => {
    const whats = stepsOf('4.2.0', site).map((step) => step.what);
    expect(whats.findIndex((what) => what.startsWith('binding of davit.dead'))).toBeGreaterThan(
      whats.indexOf('binding of davit.dropped to davit.dlx'),
    );
  });

  it('declares each thing after what it needs', () => {
    const whats = stepsOf('4.2.0', site).map((step) => step.what);
    expect(whats[0]).toBe('virtual host /');
    expect(whats.indexOf('binding of davit.tasks to davit')).toBeGreaterThan(
      Math.max(whats.indexOf('exchange davit'), whats.indexOf('queue davit.tasks')),
    );
  });
});

describe('what the web server may', () => {
  it.each(['amq.gen-4Xk2', 'amq.gen-rAq0F_hzQaWKVf-787Eoug', 'reply.web-1', 'reply.davit.tasks'])(
    'declare and read a queue named %s',
    (name) => {
      expect(name).toMatch(new RegExp(may.configure));
      expect(name).toMatch(new RegExp(may.read));
    },
  );

  it.each([
    'davit',
    'davit.tasks',
    'davit.control',
    'davit.dead',
    'davit.dropped',
    'davit.events',
    'davit.dlx',
    'davit.',
    'amq.topic',
    'amq.default',
    'amq.gen-',
    'billing.jobs',
    'reply.',
    'replyXweb',
    'my.reply.web',
    'Reply.web',
    '',
  ])('neither declare nor read "%s"', (name) => {
    expect(name).not.toMatch(new RegExp(may.configure));
    expect(name).not.toMatch(new RegExp(may.read));
  });

  it.each([
    ['davit', true],
    ['amq.default', false],
    ['davit.events', false],
    ['davit.dlx', false],
    ['davit.tasks', false],
    ['amqXdefault', false],
    ['amq.topic', false],
  ])('publish to %s: %s', (name, isAllowed) => {
    expect(new RegExp(may.write).test(name)).toBe(isAllowed);
  });

  it.each([
    ['local', localPublisherMay('reply.')],
    ['prod', may],
  ])('is, in the stage %s, what topology sets', (stage, expected) => {
    const set = stepsOf('4.2.0', { ...site, stage }).find(
      ({ what }) => what === 'permissions of publisher',
    );
    expect(set?.body).toEqual(expected);
    expect(new RegExp(expected.write).test('amq.default')).toBe(stage === 'local');
  });
});

describe('what the functions may', () => {
  it.each([
    ['davit.tasks', true],
    ['davit.control', true],
    ['davit.dropped', true],
    ['davit.dead', false],
    ['davitXtasks', false],
    ['davit.tasks2', false],
  ])('read %s: %s', (name, may) => {
    expect(new RegExp(functionsMay.read).test(name)).toBe(may);
  });

  it.each(['', 'davit.tasks', 'anything'])('never declare "%s"', (name) => {
    expect(new RegExp(functionsMay.configure).test(name)).toBe(name === '');
  });
});
