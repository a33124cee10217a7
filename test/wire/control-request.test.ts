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

const unusable = (reason: string) => ({
  kind: 'unusable',
  rejection: expect.objectContaining({
    taskId: expect.stringMatching(/^x-/),
    reason: expect.stringContaining(reason),
  }),
});
const asking = (request: object) => expect.objectContaining({ kind: 'request', request });

test('every message on davit.control is one request, and a bad one affects no other', () => {
  expect(asksOf(queued('{"ask":"backlog"}', 'rubbish', '[1]', '', '{"ask":"backlog"}'))).toEqual({
    queued: [
      asking({ ask: 'backlog' }),
      unusable('is not JSON'),
      unusable('but is an array'),
      unusable('is not JSON'),
      asking({ ask: 'backlog' }),
    ],
  });
});

test('a compressed message on davit.control is refused with its content encoding', () => {
  const event = {
    rmqMessagesByQueue: {
      'davit.control::/': [{ basicProperties: { contentEncoding: 'gzip' }, data: 'H4v/' }],
    },
  };
  expect(asksOf(event)).toEqual({ queued: [unusable('content_encoding "gzip"')] });
});

test('the body in a message may be an object, and keeps its numbers', () => {
  const body = '{"tool":"echo","input":{"n":9007199254740993}}';
  expect(asksOf(queued(`{"ask":"submit","taskId":"a","body":${body}}`))).toEqual({
    queued: [asking({ ask: 'submit', taskId: 'a', body, priority: 0 })],
  });
});

test.each<[object, object]>([
  [
    { ask: 'cancel', taskId: 'a' },
    { ask: 'cancel', taskIds: ['a'] },
  ],
  [
    { ask: 'cancel', taskIds: ['a', 'b', 'a'], why: 'no' },
    { ask: 'cancel', taskIds: ['a', 'b'], why: 'no' },
  ],
  [
    { ask: 'redrive', taskId: 'a' },
    { ask: 'redrive', tasks: [{ taskId: 'a' }], sameVersion: false },
  ],
  [
    { ask: 'redrive', taskId: 'a', run: 2, sameVersion: true },
    { ask: 'redrive', tasks: [{ taskId: 'a', run: 2 }], sameVersion: true },
  ],
  [
    { ask: 'redrive', tasks: [{ taskId: 'a', run: 2 }, { taskId: 'b' }] },
    { ask: 'redrive', tasks: [{ taskId: 'a', run: 2 }, { taskId: 'b' }], sameVersion: false },
  ],
])('%j is a request by Invoke and by message', (payload, request) => {
  expect(asksOf(payload)).toEqual({ invoked: request });
  expect(asksOf(queued(JSON.stringify(payload)))).toEqual({ queued: [asking(request)] });
});

const ids = (count: number) => Array.from({ length: count }, (_, n) => `task-${n}`);

test.each<[string, object, RegExp]>([
  ['no id', { ask: 'cancel' }, /must name either "taskId", one task, or "taskIds"/],
  ['both', { ask: 'cancel', taskId: 'a', taskIds: ['b'] }, /must name either "taskId"/],
  ['a bad id', { ask: 'cancel', taskId: 'a b' }, /"taskId" .* must be the id of a task.*"a b"/],
  ['a bad id in a list', { ask: 'cancel', taskIds: ['a', 7] }, /"taskIds.1" .* but is 7/],
  ['no ids', { ask: 'cancel', taskIds: [] }, /1 to 100 tasks, but is empty/],
  ['too many ids', { ask: 'cancel', taskIds: ids(101) }, /1 to 100 tasks, but has 101/],
  ['a long reason', { ask: 'cancel', taskId: 'a', why: 'x'.repeat(501) }, /1 to 500 characters/],
  ['an unknown field', { ask: 'cancel', taskId: 'a', reason: 'x' }, /"reason"/],
  ['a run of nothing', { ask: 'redrive', tasks: [{ taskId: 'a' }], run: 1 }, /must name either/],
  ['a run that is none', { ask: 'redrive', taskId: 'a', run: 0 }, /"run"/],
])('a request with %s is refused', (_what, payload, reason) => {
  expect(asksOf(payload)).toEqual({ invoked: { reason: expect.stringMatching(reason) } });
});

test('an answer goes to the reply address of its message', () => {
  const properties = { replyTo: 'reply.web', correlationId: 'page-7' };
  const data = Buffer.from('{"ask":"cancel","taskId":"a"}').toString('base64');
  const event = {
    rmqMessagesByQueue: { 'davit.control::/': [{ basicProperties: properties, data }] },
  };
  expect(asksOf(event)).toMatchObject({ queued: [{ kind: 'request', address: properties }] });
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
  expect(asksOf(queued(JSON.stringify(ask)))).toMatchObject({
    queued: [
      {
        kind: 'unusable',
        rejection: { reason: expect.stringContaining('publish the task messages to davit.tasks') },
      },
    ],
  });
});
