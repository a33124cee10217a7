import { expect, test } from 'vitest';
import { asksOf as read } from '../../shared/wire/control-request.ts';

const asksOf = (event: unknown) => read(event, 'reply.');

const queued = (...bodies: readonly string[]) => ({
  eventSource: 'aws:rmq',
  rmqMessagesByQueue: {
    'davit.control::/': bodies.map((body) => ({
      basicProperties: {},
      data: Buffer.from(body).toString('base64'),
    })),
  },
});

test('an Invoke is one request', () => {
  expect(asksOf({ ask: 'backlog' })).toEqual({ invoked: { ask: 'backlog' } });
  expect(asksOf({ ask: 'submit', taskId: 'a', body: '{"tool":"echo"}' })).toEqual({
    invoked: { ask: 'submit', taskId: 'a', body: '{"tool":"echo"}', priority: 0 },
  });
});

test('every message on davit.control is one request, and a bad one affects no other', () => {
  expect(asksOf(queued('{"ask":"backlog"}', 'rubbish', '[1]', '', '{"ask":"backlog"}'))).toEqual({
    queued: [
      { ask: 'backlog' },
      { reason: expect.stringContaining('is not JSON') },
      { reason: expect.stringContaining('but is an array') },
      { reason: expect.stringContaining('is not JSON') },
      { ask: 'backlog' },
    ],
  });
});

test('a compressed message on davit.control is refused with its content encoding', () => {
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

test.each(['cancel', 'redrive'])('%s is answered with a later version', (ask) => {
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

const droppedEvent = (headers: object, ...bodies: readonly string[]) => ({
  rmqMessagesByQueue: {
    'davit.dropped::/': bodies.map((body) => ({
      basicProperties: { messageId: 'task-1', headers },
      data: Buffer.from(body).toString('base64'),
    })),
  },
});

const bytesOf = (text: string) => ({ bytes: [...Buffer.from(text)] });

test('a message on davit.dropped is read like one on davit.tasks', () => {
  const submit = '{"ask":"submit","taskId":"task-2","body":{"tool":"echo"}}';
  const event = droppedEvent({}, '{"tool":"echo"}', 'rubbish', submit, '{"ask":"backlog"}');
  expect(asksOf(event)).toMatchObject({
    dropped: [
      { kind: 'delivery', delivery: { kind: 'task', submission: { taskId: 'task-1' } } },
      { kind: 'delivery', delivery: { kind: 'unusable', rejection: { taskId: 'task-1' } } },
      { kind: 'delivery', delivery: { kind: 'task', submission: { taskId: 'task-2' } } },
      { kind: 'request' },
    ],
  });
});

test.each<[string, object, RegExp]>([
  ['a table', { 'x-death': [{ reason: bytesOf('expired') }] }, /it expired while it waited/],
  ['plain text', { 'x-death': [{ reason: 'maxlen' }] }, /the queue was full/],
  ['no list', { 'x-death': { reason: 'expired' } }, /it expired, exceeded the delivery limit/],
  [
    'an unknown word',
    { 'x-death': [{ reason: 'bored' }] },
    /it expired, exceeded the delivery limit/,
  ],
  ['nothing', {}, /it expired, exceeded the delivery limit/],
  [
    'another header',
    { 'x-death': null, 'x-first-death-reason': bytesOf('delivery_limit') },
    /was delivered more often/,
  ],
])('why it was dropped is given if it can be read, x-death being %s', (_what, headers, reason) => {
  expect(asksOf(droppedEvent(headers, '{"tool":"echo"}'))).toMatchObject({
    dropped: [{ reason: expect.stringMatching(reason) }],
  });
});

test('many tasks are asked for by Invoke alone', () => {
  const ask = { ask: 'submitMany', tasks: [{ taskId: 'a', body: '{"tool":"echo"}' }] };
  expect(asksOf(ask)).toMatchObject({ invoked: { ask: 'submitMany' } });
  expect(asksOf(queued(JSON.stringify(ask)))).toEqual({
    queued: [{ reason: expect.stringContaining('publish the task messages to davit.tasks') }],
  });
});
