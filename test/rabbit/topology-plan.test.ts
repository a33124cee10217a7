import { describe, expect, it } from 'vitest';
import { localPublisherMay, publisherMay } from '../../shared/rabbit/permissions.ts';
import { stepsOf } from '../../shared/rabbit/topology-plan.ts';

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
      expect(argumentsOf(version)).toEqual([last, last, toDead, toDead, last]);
    },
  );

  it.each(['3.10.8', '3.13.7'])('sets no delivery limit on RabbitMQ %s', (version) => {
    const toDead = { 'x-queue-type': 'quorum', 'x-dead-letter-exchange': 'davit.dlx' };
    const last = { 'x-queue-type': 'quorum' };
    expect(argumentsOf(version)).toEqual([last, last, toDead, toDead, last]);
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

describe('the permissions of the web server', () => {
  it.each([
    ['local', localPublisherMay('reply.')],
    ['prod', publisherMay('reply.')],
  ])('are those of the stage %s', (stage, expected) => {
    const set = stepsOf('4.2.0', { ...site, stage }).find(
      ({ what }) => what === 'permissions of publisher',
    );
    expect(set?.body).toEqual(expected);
    expect(new RegExp(expected.write).test('amq.default')).toBe(stage === 'local');
  });
});
