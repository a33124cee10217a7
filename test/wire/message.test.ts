import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rejection, Submission } from '../../shared/core/request.ts';
import {
  type Message,
  deliveryOf as read,
  requestOf,
  submissionOf,
} from '../../shared/wire/message.ts';

const deliveryOf = (message: Message) => read(message, 'reply.');

const messageOf = (body: string | Uint8Array, rest: Partial<Message> = {}): Message => ({
  id: 'task-1',
  body: Buffer.from(body),
  ...rest,
});

const accepted = (message: Message): Submission => {
  const delivery = deliveryOf(message);
  if (delivery.kind !== 'task') {
    throw new Error(`expected a task, got ${JSON.stringify(delivery)}`);
  }
  return delivery.submission;
};

const refused = (message: Message): Rejection => {
  const delivery = deliveryOf(message);
  if (delivery.kind !== 'unusable') {
    throw new Error(`expected a rejection, got ${JSON.stringify(delivery)}`);
  }
  return delivery.rejection;
};

const sha256 = (body: string): string => createHash('sha256').update(body).digest('hex');

describe('a body that is a task', () => {
  test('needs no more than a tool', () => {
    const submission = accepted(messageOf('{"tool":"echo"}'));
    expect(submission).toMatchObject({
      taskId: 'task-1',
      digest: sha256('{"tool":"echo"}'),
      payloadBytes: 15,
      priority: 0,
      request: { tool: 'echo', input: '{}', tenant: 'default' },
    });
    expect(Object.keys(submission.request).sort()).toEqual(['input', 'tenant', 'tool']);
    expect(submission).not.toHaveProperty('replyTo');
  });

  test('has everything that it may have', () => {
    const body =
      '{"tool":"transcoder","input":{"n":9007199254740993},"tenant":"a@b.c","version":"1.0.0","cpu":512,"memoryMiB":1024}';
    const properties = { priority: 7, replyTo: 'reply.web', correlationId: 'c-1' };
    expect(accepted(messageOf(body, properties))).toMatchObject({
      ...properties,
      request: {
        tool: 'transcoder',
        input: '{"n":9007199254740993}',
        tenant: 'a@b.c',
        version: '1.0.0',
        cpu: 512,
        memoryMiB: 1024,
      },
    });
  });

  test('keeps its exact bytes, and is read from them again', () => {
    const body = Buffer.from(' {"tool" : "echo", "input": {"a": 1e400}}\n');
    const submission = accepted(messageOf(body));
    expect(Buffer.compare(submission.payload, body)).toBe(0);
    expect(requestOf(submission.payload)).toEqual(submission.request);
  });

  test('keeps every number of its input digit for digit', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,40})(\.\d{1,40})?([eE][+-]?\d{1,4})?$/);
    fc.assert(
      fc.property(digits, (number) => {
        const { request } = accepted(messageOf(`{"tool":"echo","input":{"n":[${number}]}}`));
        expect(request.input).toBe(`{"n":[${number}]}`);
      }),
    );
  });

  test.each([
    [undefined, 0],
    [0, 0],
    [9, 9],
    [34, 9],
    [-1, 0],
    [2.7, 2],
    [Number.NaN, 0],
  ])('of priority %s waits with priority %s', (priority, waits) => {
    expect(accepted(messageOf('{"tool":"echo"}', { priority })).priority).toBe(waits);
  });
});

describe('a body that cannot be a task is refused with its reason', () => {
  test.each([
    ['', 'The body is empty'],
    ['hello', 'is not JSON'],
    ['{"tool":"echo"', 'is not JSON'],
    ['[]', 'must be a JSON object, but is an array'],
    ['null', 'must be a JSON object, but is null'],
    ['12', 'must be a JSON object, but is 12'],
    ['{}', 'must have "tool"'],
    ['{"tool":5}', '"tool" must be the name of a tool, but is 5'],
    ['{"tool":""}', '"tool" must be the name of a tool, but is an empty text'],
    ['{"tool":"../live"}', '"tool" must be the name of a tool, but is "../live"'],
    ['{"tool":"echo","input":[]}', '"input" must be an object, but is an array'],
    ['{"tool":"echo","input":7}', '"input" must be an object, but is 7'],
    ['{"tool":"echo","input":null}', '"input" must be an object, but is null'],
    ['{"tool":"echo","prio":1}', 'has a field that Davit does not know: "prio"'],
    ['{"tool":"echo","a":1,"b":1}', 'has 2 fields that Davit does not know: "a", "b"'],
    ['{"tool":"echo","__proto__":{}}', 'does not know: "__proto__"'],
    ['{"tool":"echo","constructor":1}', 'does not know: "constructor"'],
    ['{"__proto__":{"tool":"echo"}}', 'does not know: "__proto__"'],
    ['{"tool":"echo","tool":"other"}', "Duplicate key 'tool'"],
    ['{"tool":"echo","tenant":"a b"}', '"tenant" must be 1 to 100 letters'],
    ['{"tool":"echo","version":"-1"}', '"version" must be an image tag'],
    ['{"tool":"echo","version":"1_0_0"}', '"version" must be an image tag'],
    ['{"tool":"echo","version":1}', '"version" must be an image tag'],
    ['{"tool":"echo","cpu":0.5}', '"cpu" must be a whole number'],
    ['{"tool":"echo","cpu":1e400}', '"cpu" must be a whole number'],
    [
      '{"tool":"echo","memoryMiB":"512"}',
      '"memoryMiB" must be a whole number of MiB, but is "512"',
    ],
  ])('%s', (body, reason) => {
    expect(refused(messageOf(body)).reason).toContain(reason);
  });

  test('with a sentence that says what to do', () => {
    expect(refused(messageOf('{}')).reason).toMatch(
      /Publish it corrected, under a new message_id\.$/,
    );
  });

  test.each([
    ['gzip', ' (it was published with content_encoding "gzip", which Davit does not decode)'],
    ['utf-8', ''],
    ['identity', ''],
    [undefined, ''],
  ])(
    'that is not text is refused, with its content_encoding (%s) where that is the reason',
    (contentEncoding, named) => {
      const body = new Uint8Array([0x1f, 0x8b, 0x08, 0xff]);
      const delivery = deliveryOf({ id: 'task-1', body, contentEncoding });
      expect(delivery).toMatchObject({
        rejection: {
          reason: `The body must be a JSON object, but is not UTF-8 text${named}. Publish it corrected, under a new message_id.`,
        },
      });
    },
  );

  test('that is JSON is read, whatever content_encoding says', () => {
    const body = new TextEncoder().encode('{"tool":"echo"}');
    expect(deliveryOf({ id: 'task-1', body, contentEncoding: 'gzip' }).kind).toBe('task');
  });

  test('that is binary is not UTF-8 text', () => {
    expect(refused(messageOf(Buffer.from([0xff, 0xfe, 0])))).toMatchObject({
      taskId: 'task-1',
      reason: expect.stringContaining('is not UTF-8 text'),
      payload: Buffer.from([0xff, 0xfe, 0]),
    });
  });

  test('over 64 KB leaves only its size and digest', () => {
    const body = `{"tool":"echo","input":{"a":"${'x'.repeat(65 * 1024)}"}}`;
    const rejection = refused(messageOf(body));
    expect(rejection).toMatchObject({ payloadBytes: body.length, digest: sha256(body) });
    expect(rejection.reason).toContain('at most 65536 bytes');
    expect(rejection).not.toHaveProperty('payload');
  });

  test('of exactly 64 KB is still a task', () => {
    const frame = '{"tool":"echo","input":{"a":""}}'.length;
    const body = `{"tool":"echo","input":{"a":"${'x'.repeat(65_536 - frame)}"}}`;
    expect(accepted(messageOf(body)).payloadBytes).toBe(65_536);
  });

  test('is quoted in the reason, cut and with visible characters', () => {
    const body = JSON.stringify({ tool: `a\u202e\u0000${'b'.repeat(1000)}` });
    const { reason } = refused(messageOf(body));
    expect(reason).toContain('"a\\u{202e}\\u{0}bbb');
    expect(reason.length).toBeLessThan(300);
  });
});

describe('an invalid id', () => {
  test.each([undefined, 'a b', 'ä', '#limit', '', 'x'.repeat(101), 'a/1'])(
    '%s: the message gets a row under a digest',
    (id) => {
      const rejection = refused(messageOf('{"tool":"echo"}', { id }));
      expect(rejection.taskId).toBe(rejection.strangerId);
      expect(rejection.taskId).toMatch(/^x-[0-9a-f]{64}$/);
      expect(rejection.reason).toContain('message_id must be 1 to 100 letters');
    },
  );

  test('the same message has the same digest each time, another one another', () => {
    const stranger = (id: string, body: string) => refused(messageOf(body, { id })).taskId;
    expect(stranger('a b', '{}')).toBe(stranger('a b', '{}'));
    expect(stranger('a b', '{}')).not.toBe(stranger('a c', '{}'));
    expect(stranger('a b', '{}')).not.toBe(stranger('a b', '{} '));
  });

  test('a publisher who made the mistake still gets the reply', () => {
    expect(
      refused(messageOf('{}', { id: 'a b', replyTo: 'reply.mine', correlationId: 'c' })),
    ).toMatchObject({ replyTo: 'reply.mine', correlationId: 'c' });
  });
});

describe('a reply_to', () => {
  test('that is not allowed is refused, and nothing is sent there', () => {
    const replyTo = 'billing.jobs';
    const rejection = refused(messageOf('{"tool":"echo"}', { replyTo, correlationId: 'c' }));
    expect(rejection.reason).toContain('reply_to must be');
    expect(rejection).not.toHaveProperty('replyTo');
    // The dead letter is the message still.
    expect(rejection).toMatchObject({ correlationId: 'c' });
  });

  test('is not needed for a correlation_id, which stays with the message, up to 255 bytes', () => {
    const submission = accepted(messageOf('{"tool":"echo"}', { correlationId: 'c-1' }));
    expect(submission).toMatchObject({ correlationId: 'c-1' });
    const long = refused(messageOf('{"tool":"echo"}', { correlationId: 'c'.repeat(256) }));
    expect(long).not.toHaveProperty('correlationId');
    expect(long.reason).toContain('correlation_id must be at most 255 bytes, but is "ccc');
  });
});

describe('a doorbell', () => {
  test.each([3, '3'])('has the header davit-run (%j) and no body', (run) => {
    expect(deliveryOf(messageOf('', { run }))).toEqual({
      kind: 'doorbell',
      taskId: 'task-1',
      run: 3,
    });
  });

  test('with a body is a task message, and the header is ignored', () => {
    expect(accepted(messageOf('{"tool":"echo"}', { run: 3 })).taskId).toBe('task-1');
  });

  test.each([0, -1, 1.5, 'x', '1x', {}, 1e12])('for run %j is refused', (run) => {
    expect(refused(messageOf('', { run })).reason).toContain('davit-run must be a whole number');
  });

  test('without a usable id is refused for its id', () => {
    expect(refused(messageOf('', { run: 1, id: undefined })).reason).toContain('message_id');
  });
});

describe('submit', () => {
  test('checks a body as dispatch will', () => {
    expect(submissionOf('task-1', Buffer.from('{"tool":"echo"}'))).toMatchObject({
      taskId: 'task-1',
      request: { tool: 'echo' },
    });
    expect(submissionOf('a b', Buffer.from('{"tool":"echo"}'))).toEqual({
      reason: expect.stringContaining('message_id'),
    });
    expect(submissionOf('task-1', Buffer.from(''))).toEqual({
      reason: expect.stringContaining('empty'),
    });
  });
});

test('reading a body back that was never accepted is a fault', () => {
  expect(() => requestOf(Buffer.from('nonsense'))).toThrow('cannot be read now');
});

test('it never throws, whatever the id, the properties and the bytes are', () => {
  const anything = fc.record({
    id: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    run: fc.anything(),
    priority: fc.option(fc.double(), { nil: undefined }),
    replyTo: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    correlationId: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    body: fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .dictionary(
          fc.constantFrom('tool', 'input', 'cpu', 'tenant', 'version', 'x'),
          fc.jsonValue(),
        )
        .map((body) => Buffer.from(JSON.stringify(body))),
    ),
  });
  fc.assert(
    fc.property(anything, (message) => {
      const delivery = deliveryOf(message);
      const reason = delivery.kind === 'unusable' ? delivery.rejection.reason : '-';
      expect(reason).not.toMatch(/\p{C}/u);
      expect(reason.length).toBeLessThan(500);
    }),
    { numRuns: 1000 },
  );
});
