import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logDeliveryOf } from '../../shared/wire/log-delivery.ts';

const eventOf = (message: unknown) => ({
  awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') },
});
const eventWith = (more: object = {}) =>
  eventOf({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/davit/local/tools',
    logStream: 'tool/tool/0123456789abcdef0123456789abcdef',
    subscriptionFilters: ['x'],
    logEvents: [
      { id: '1', timestamp: 1_795_518_163_000, message: 'DAVIT_RESULT {"a":1}' },
      { id: '2', timestamp: 1_795_518_163_001, message: 'DAVIT_RESULT {' },
    ],
    ...more,
  });
const delivered = (more: object = {}) => logDeliveryOf(eventWith(more));
const fromQueue = (...bodies: readonly string[]) =>
  logDeliveryOf({
    Records: bodies.map((body, n) => ({ messageId: `${n}`, body, eventSource: 'aws:sqs' })),
  });

describe('logDeliveryOf', () => {
  it('reads the lines, and whose they are from the name of the stream', () => {
    expect(delivered()).toEqual({
      ecsTaskId: '0123456789abcdef0123456789abcdef',
      lines: [{ id: '1', at: 1_795_518_163_000, kind: 'result', json: '{"a":1}' }],
      refused: [{ id: '2', at: 1_795_518_163_001, word: 'DAVIT_RESULT', why: expect.any(String) }],
    });
  });

  it('reads the same from the queue of deliveries that failed', () => {
    expect(fromQueue(JSON.stringify(eventWith()))).toEqual(delivered());
  });

  it.each(['', 'no JSON', '{"Records":[]}', 'null'])(
    'says why it cannot read a message of the queue with the body %j',
    (body) => {
      expect(fromQueue(body)).toEqual({ why: expect.stringMatching(/message of the queue/) });
    },
  );

  it('has nothing of a control message', () => {
    expect(delivered({ messageType: 'CONTROL_MESSAGE' })).toBeUndefined();
  });

  it.each([
    ['another stream', { logStream: 'other/tool/0123456789abcdef' }, /is not of a run/],
    ['no events', { logEvents: 7 }, /not the JSON of a log subscription/],
  ])('says why it cannot read %s', (_name, more, why) => {
    expect(delivered(more)).toEqual({ why: expect.stringMatching(why) });
  });

  it('does not unpack what was packed to fill the memory', () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1_024 * 1_024, ' ')).toString('base64');
    expect(logDeliveryOf({ awslogs: { data: bomb } })).toEqual({
      why: expect.stringMatching(/cannot be unpacked/),
    });
  });

  it('throws only for the event of another trigger', () => {
    expect(() => logDeliveryOf({ Records: [] })).toThrow(/log subscription/);
    const body = JSON.stringify(eventWith());
    expect(() => fromQueue(body, body)).toThrow(/another batch size/);
    fc.assert(
      fc.property(fc.string(), (data) => {
        expect(logDeliveryOf({ awslogs: { data } })).toHaveProperty('why');
      }),
    );
  });
});
