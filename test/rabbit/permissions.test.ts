import { describe, expect, it } from 'vitest';
import { functionsMay, publisherMay } from '../../shared/rabbit/permissions.ts';

const may = publisherMay('reply.');

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
    'davit.doorbells',
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
});

describe('what the functions may', () => {
  it.each([
    ['davit.tasks', true],
    ['davit.control', true],
    ['davit.dropped', true],
    ['davit.doorbells', true],
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
