import { expect, test } from 'vitest';
import { asksOf } from '../../shared/wire/control-request.ts';

const queued = (...bodies: readonly string[]) => ({
  eventSource: 'aws:rmq',
  rmqMessagesByQueue: {
    'davit.control::/': bodies.map((body) => ({
      basicProperties: {},
      data: Buffer.from(body).toString('base64'),
    })),
  },
});

test('an Invoke asks one thing', () => {
  expect(asksOf({ ask: 'backlog' })).toEqual({ invoked: { ask: 'backlog' } });
  expect(asksOf({ ask: 'submit', taskId: 'a', body: '{"tool":"echo"}' })).toEqual({
    invoked: { ask: 'submit', taskId: 'a', body: '{"tool":"echo"}', priority: 0 },
  });
});

test('every message of davit.control asks one thing, and a bad one spoils no other', () => {
  expect(asksOf(queued('{"ask":"backlog"}', 'rubbish', '[1]', '', '{"ask":"backlog"}'))).toEqual({
    queued: [
      { ask: 'backlog' },
      { reason: expect.stringContaining('is no JSON') },
      { reason: expect.stringContaining('but is an array') },
      { reason: expect.stringContaining('is no JSON') },
      { ask: 'backlog' },
    ],
  });
});

test('a message of davit.control that is packed is refused in those words', () => {
  const event = {
    rmqMessagesByQueue: {
      'davit.control::/': [{ basicProperties: { contentEncoding: 'gzip' }, data: 'H4v/' }],
    },
  };
  expect(asksOf(event)).toEqual({
    queued: [{ reason: expect.stringContaining('content_encoding "gzip"') }],
  });
});

test('the body in a message may be an object, and keeps its numbers', () => {
  const body = '{"tool":"echo","input":{"n":9007199254740993}}';
  expect(asksOf(queued(`{"ask":"submit","taskId":"a","body":${body}}`))).toEqual({
    queued: [{ ask: 'submit', taskId: 'a', body, priority: 0 }],
  });
});

test.each(['cancel', 'redrive'])('%s is told to be for later', (ask) => {
  const answer = { reason: expect.stringContaining(`cannot ${ask} in this version of Davit yet`) };
  expect(asksOf({ ask, taskId: 'a' })).toEqual({ invoked: answer });
  expect(asksOf(queued(JSON.stringify({ ask, taskId: 'a' })))).toEqual({ queued: [answer] });
});

test.each([undefined, null, 'backlog', {}, { ask: 'dance' }])(
  '%j is refused with a reason',
  (payload) => {
    expect(asksOf(payload)).toEqual({ invoked: { reason: expect.stringContaining('expected') } });
  },
);
