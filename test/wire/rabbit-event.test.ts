import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messagesOf, deliveriesOf as read } from '../../shared/wire/rabbit-event.ts';

const deliveriesOf = (event: unknown) => read(event, 'reply.');

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const bytes = (text: string) => ({ bytes: [...Buffer.from(text)] });

const eventOf = (...messages: readonly unknown[]) => ({
  eventSource: 'aws:rmq',
  eventSourceArn: 'arn:aws:mq:eu-central-1:123456789012:broker:davit:b-1',
  rmqMessagesByQueue: { 'davit.tasks::/': messages },
});

const properties = (rest: object = {}) => ({
  contentType: 'application/json',
  contentEncoding: null,
  headers: null,
  deliveryMode: 2,
  priority: null,
  correlationId: null,
  replyTo: null,
  expiration: null,
  messageId: null,
  timestamp: 'Jan 1, 1970, 12:33:41 AM',
  type: null,
  userId: null,
  appId: null,
  clusterId: null,
  bodySize: 15,
  ...rest,
});

const echo = base64('{"tool":"echo"}');

test('the sample of the Lambda guide is read', () => {
  const event = eventOf({
    basicProperties: properties({
      headers: { header1: bytes('value1'), numberInHeader: 10 },
      priority: 34,
      userId: 'AIDACKCEVSQ6C2EXAMPLE',
    }),
    redelivered: false,
    data: 'eyJ0aW1lb3V0IjowLCJkYXRhIjoiQ1pybWYwR3c4T3Y0YnFMUXhENEUifQ==',
  });
  expect(messagesOf(event)).toEqual([
    {
      id: undefined,
      run: undefined,
      priority: 34,
      replyTo: undefined,
      correlationId: undefined,
      properties:
        '{"contentType":"application/json","headers":{"header1":"value1","numberInHeader":10}}',
      contentEncoding: undefined,
      body: Buffer.from('{"timeout":0,"data":"CZrmf0Gw8Ov4bqLQxD4E"}'),
    },
  ]);
});

test('properties and body of a task message are read', () => {
  const basicProperties = properties({
    messageId: 'task-1',
    replyTo: 'reply.mine',
    correlationId: 'c-1',
    priority: 3,
  });
  expect(deliveriesOf(eventOf({ basicProperties, redelivered: true, data: echo }))).toMatchObject([
    {
      kind: 'task',
      submission: { taskId: 'task-1', replyTo: 'reply.mine', correlationId: 'c-1', priority: 3 },
    },
  ]);
});

test.each(['gzip', 'br'])('a body that is packed by %s is refused in those words', (encoding) => {
  const basicProperties = properties({ messageId: 'task-1', contentEncoding: encoding });
  const packed = Buffer.from([0x1f, 0x8b, 0xff]).toString('base64');
  expect(deliveriesOf(eventOf({ basicProperties, data: packed }))).toMatchObject([
    { rejection: { reason: expect.stringContaining(`content_encoding "${encoding}"`) } },
  ]);
});

test.each([2, '2', bytes('2')])('a doorbell is one whether its header came as %j', (run) => {
  const basicProperties = properties({ messageId: 'task-1', headers: { 'davit-run': run } });
  expect(deliveriesOf(eventOf({ basicProperties, data: '' }))).toEqual([
    { kind: 'doorbell', taskId: 'task-1', run: 2 },
  ]);
});

test('unknown headers are ignored, however they are nested', () => {
  const headers = {
    'x-death': [{ count: 1, queue: bytes('q'), 'routing-keys': [bytes('q')] }],
    'x-delivery-count': 3,
    odd: { bytes: 'no array' },
    nothing: null,
  };
  const basicProperties = properties({ messageId: 'task-1', headers });
  expect(deliveriesOf(eventOf({ basicProperties, data: echo }))).toMatchObject([{ kind: 'task' }]);
});

test('a message that cannot be read is unusable on its own, and its neighbours are read', () => {
  const good = { basicProperties: properties({ messageId: 'task-1' }), data: echo };
  const deliveries = deliveriesOf(
    eventOf(good, null, 'text', 7, {}, { basicProperties: [], data: {} }, good),
  );
  expect(deliveries.map(({ kind }) => kind)).toEqual([
    'task',
    'unusable',
    'unusable',
    'unusable',
    'unusable',
    'unusable',
    'task',
  ]);
});

test('an event of another trigger is a fault of the deployment', () => {
  expect(() => deliveriesOf({ Records: [] })).toThrow('rmqMessagesByQueue');
});

test('whatever the messages are, the parser answers once for each', () => {
  const anyMessage = fc.oneof(
    fc.anything(),
    fc.record({
      basicProperties: fc.oneof(
        fc.anything(),
        fc.dictionary(
          fc.constantFrom('messageId', 'headers', 'replyTo', 'priority'),
          fc.anything(),
        ),
      ),
      data: fc.oneof(fc.base64String(), fc.string(), fc.anything()),
    }),
  );
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 5 }), (messages) => {
      expect(deliveriesOf(eventOf(...messages))).toHaveLength(messages.length);
    }),
    { numRuns: 500 },
  );
});
