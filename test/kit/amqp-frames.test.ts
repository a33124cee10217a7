import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameReader } from './amqp-frames.ts';

const greeting = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

const frame = (type: number, channel: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(7);
  head.writeUInt8(type, 0);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
};

/** basic.publish on channel 7, its content header, and a heartbeat. */
const publish = frame(1, 7, Buffer.from([0, 60, 0, 40, 1, 2, 3]));
const all = [greeting, publish, frame(2, 7, Buffer.alloc(14)), frame(8, 0, Buffer.alloc(0))];

test('a stream is cut into the same frames wherever its chunks end', () => {
  const stream = Buffer.concat(all);
  const cuts = fc.array(fc.nat({ max: stream.length }), { maxLength: 8 });
  fc.assert(
    fc.property(cuts, (some) => {
      const ends = [...some.toSorted((a, b) => a - b), stream.length];
      const read = frameReader();
      const frames = ends.flatMap((end, n) => read(stream.subarray(ends[n - 1] ?? 0, end)));
      expect(frames.map(({ bytes }) => bytes)).toEqual(all);
    }),
  );
});

test('only a method frame has a method, with its channel and its arguments', () => {
  const frames = frameReader()(Buffer.concat(all));
  expect(frames.map(({ method }) => method)).toEqual([undefined, '60.40', undefined, undefined]);
  expect(frames[1]).toMatchObject({ channel: 7, content: Buffer.from([1, 2, 3]) });
});
