/** One AMQP 0-9-1 frame, or the eight bytes with which a client begins (channel 0, no method). */
export interface Frame {
  /** All its bytes, as they came. */
  readonly bytes: Buffer;
  readonly channel: number;
  /** `class.method` of a method frame (AMQP 0-9-1, 1.8): `60.40` is basic.publish. */
  readonly method?: string;
  /** The arguments of the method. */
  readonly content: Buffer;
}

/** Type, channel and size before the payload, one byte after it (AMQP 0-9-1, 4.2.3). */
const headBytes = 7;
const endBytes = 1;
const greeting = 'AMQP';
const greetingBytes = 8;

/** Cuts a stream into frames: the function takes the next bytes, and answers the frames that are complete now. */
export const frameReader = (): ((chunk: Buffer) => readonly Frame[]) => {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (let bytes = firstOf(rest); bytes !== undefined; bytes = firstOf(rest)) {
      frames.push(frameOf(bytes));
      rest = rest.subarray(bytes.length);
    }
    return frames;
  };
};

const firstOf = (bytes: Buffer): Buffer | undefined => {
  if (bytes.length < headBytes) return undefined;
  const isGreeting = bytes.toString('latin1', 0, greeting.length) === greeting;
  const size = isGreeting ? greetingBytes : headBytes + bytes.readUInt32BE(3) + endBytes;
  return bytes.length < size ? undefined : bytes.subarray(0, size);
};

const methodFrame = 1;

const frameOf = (bytes: Buffer): Frame => {
  if (bytes[0] !== methodFrame) return { bytes, channel: 0, content: Buffer.alloc(0) };
  return {
    bytes,
    channel: bytes.readUInt16BE(1),
    method: `${bytes.readUInt16BE(headBytes)}.${bytes.readUInt16BE(headBytes + 2)}`,
    content: bytes.subarray(headBytes + 4, bytes.length - endBytes),
  };
};
