import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BasicProperties, Headers } from '../../models/amqp.ts';
import { eventOf } from '../../models/trigger/event.ts';
import { itemOf } from '../../shared/aws/row.ts';
import type { Fact } from '../../shared/core/fact.ts';
import { step } from '../../shared/core/step.ts';
import type { Task } from '../../shared/core/task.ts';
import { deadLetter } from '../../shared/rabbit/letters.ts';
import { deliveriesOf } from '../../shared/wire/rabbit-event.ts';
import { taskOf } from '../../shared/wire/row.ts';

const source = { eventSourceArn: 'arn', queue: 'davit.tasks', virtualHost: '/' };
const good = '{"tool":"echo"}';

/** The row of a message as the trigger hands it over, written and read back. */
const rowOf = (properties: BasicProperties, body = good): Task => {
  const message = {
    tag: 1,
    properties: { messageId: 'task-1', ...properties },
    redelivered: false,
    deliveryCount: 0,
    bodyBase64: Buffer.from(body).toString('base64'),
    bodyBytes: Buffer.byteLength(body),
  };
  const event: unknown = JSON.parse(JSON.stringify(eventOf(source, [message])));
  const [read] = deliveriesOf(event, 'reply.');
  if (read === undefined || read.kind === 'doorbell') throw new Error('expected a task');
  const delivery = read.kind === 'returned' ? read.delivery : read;
  const fact: Fact =
    delivery.kind === 'task'
      ? { kind: 'submitted', submission: delivery.submission, startWithinMs: 1 }
      : { kind: 'rejected', rejection: delivery.rejection };
  const moved = step(undefined, fact, Date.UTC(2026, 0, 1));
  if (moved.kind === 'ignored') throw new Error(moved.why);
  return taskOf(itemOf(moved.task));
};

const letterOf = (properties: BasicProperties, body?: string) =>
  buried(rowOf(properties, body)).properties;

const buried = (task: Task) =>
  deadLetter(task, { kind: 'dead', id: 'd', run: 1, reason: 'exit 65' }, 'reply.');

const davits = { 'davit-dead': 1, 'davit-reason': 'exit 65' };

const headers: Headers = {
  trace: 'grüße',
  retries: 3,
  ratio: 0.25,
  urgent: true,
  nothing: null,
  nested: { list: ['a', 1, { deep: 'b' }] },
};

describe('a dead letter', () => {
  test.each([
    ['of a task', good],
    ['of a message that cannot be one', 'no JSON'],
    ['of a body over 64 KB', 'x'.repeat(70_000)],
  ])('%s carries what its publisher wrote beside the body', (_of, body) => {
    const properties = {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      type: 'film.transcode',
      appId: 'web-1',
      headers,
    };
    expect(letterOf(properties, body)).toMatchObject({
      ...properties,
      headers: { ...headers, ...davits },
    });
  });

  test('of a message without properties has none of them', () => {
    const { contentType, contentEncoding, type, appId, headers: found } = letterOf({});
    expect([contentType, contentEncoding, type, appId]).toEqual(Array(4).fill(undefined));
    expect(found).toEqual(davits);
  });

  test('never passes a header of a publisher on as one of Davit or the broker', () => {
    const forged = {
      'davit-dead': 9,
      'davit-reason': 'all is well',
      'Davit-Digest': 'x',
      'davit-more': 'x',
      // RabbitMQ sends a message to the queues that it names here as well.
      CC: ['davit.tasks'],
      BCC: ['davit.tasks'],
      'x-death': [{ queue: 'davit.tasks' }],
      'x-first-death-queue': 'davit.tasks',
      'x-delivery-count': 3,
      mine: 'kept',
    };
    expect(letterOf({ headers: forged }).headers).toEqual({ ...davits, mine: 'kept' });
  });

  test('has neither an expiration nor a user id, whatever the message had', () => {
    const { expiration, userId } = letterOf({ expiration: '1000', userId: 'publisher' });
    expect([expiration, userId]).toEqual([undefined, undefined]);
  });

  test('says how large the headers were when they are too large to keep', () => {
    const large = { text: 'x'.repeat(20_000) };
    const { contentType, headers: found } = letterOf({ contentType: 'text/plain', headers: large });
    expect(contentType).toBe('text/plain');
    expect(found).toEqual({ ...davits, 'davit-headers-dropped': expect.any(Number) });
  });

  test('of a row that was edited by hand is still a dead letter', () => {
    const task = { ...rowOf({ headers }), messageProperties: '{"headers":' };
    const letter = buried(task);
    expect(letter.properties.headers).toEqual(davits);
  });

  const field = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('!', 'value', 'bytes')), tie('value'), {
        maxKeys: 3,
      }),
    ),
  })).value;

  test('can be published whatever the headers are, in whatever shape the trigger passes them on', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 300 }), field), (strange) => {
        const event = {
          rmqMessagesByQueue: {
            'davit.tasks::/': [
              {
                basicProperties: { messageId: 'task-1', headers: strange },
                data: Buffer.from(good).toString('base64'),
              },
            ],
          },
        };
        const [delivery] = deliveriesOf(JSON.parse(JSON.stringify(event)), 'reply.');
        if (delivery?.kind !== 'task') throw new Error('expected a task');
        const { submission } = delivery;
        const moved = step(
          undefined,
          { kind: 'submitted', submission, startWithinMs: 1 },
          Date.UTC(2026, 0, 1),
        );
        if (moved.kind === 'ignored') throw new Error(moved.why);
        const { properties } = buried(taskOf(itemOf(moved.task)));
        expect(encodedBytes(properties.headers)).toBeLessThan(60_000);
      }),
    );
  });
});

/** What a table of headers takes on the wire; throws where amqplib could not encode it. */
const encodedBytes = (value: unknown, isTop = true): number => {
  if (typeof value === 'string') return 5 + Buffer.byteLength(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || value < -(2 ** 63)) throw new Error(`${value} has no encoding`);
    return 9;
  }
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + encodedBytes(one, false), 5);
  if (typeof value !== 'object' || value === null) return 2;
  if (!isTop && '!' in value) throw new Error('amqplib would take it for a type');
  return Object.entries(value).reduce((sum, [name, one]) => {
    if (Buffer.byteLength(name) > 255) throw new Error('a name has at most 255 bytes');
    return sum + 1 + Buffer.byteLength(name) + encodedBytes(one, false);
  }, 5);
};
