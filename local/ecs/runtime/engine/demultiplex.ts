import { PassThrough, type Readable } from 'node:stream';

/**
 * Takes the two outputs of a container out of the stream of `attach`, in which each piece has a header of 8 bytes: the output's number,
 * and the length of the piece in the last four (Docker Engine API, ContainerAttach). dockerode's own `demuxStream` calls itself for
 * each piece, and thousands of small pieces overflow the stack.
 */
export const demultiplex = (
  source: NodeJS.ReadableStream,
): { readonly stdout: Readable; readonly stderr: Readable } => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const split = openSplitter((isStderr, piece) => {
    (isStderr ? stderr : stdout).write(piece);
  });

  const waitForReader = (): void => {
    const full = [stdout, stderr].find((one) => one.writableNeedDrain);
    if (full === undefined) return;
    source.pause();
    full.once('drain', () => source.resume());
  };

  source.on('data', (chunk: Buffer) => {
    split(chunk);
    waitForReader();
  });
  const end = (): void => {
    stdout.end();
    stderr.end();
  };
  // A connection that broke is an end too: what the container does is asked of the engine afterwards.
  source.on('error', end);
  source.once('close', end);
  source.once('end', end);
  return { stdout, stderr };
};

const headerBytes = 8;

/** Splits chunks, which may begin and end anywhere, into the pieces of the outputs. */
const openSplitter = (
  give: (isStderr: boolean, piece: Buffer) => void,
): ((chunk: Buffer) => void) => {
  /** The beginning of a header. */
  let rest: Buffer = Buffer.alloc(0);
  /** The bytes of the present piece that have not arrived. */
  let left = 0;
  let isStderr = false;

  const takePiece = (bytes: Buffer): Buffer => {
    const piece = bytes.subarray(0, left);
    left -= piece.length;
    if (piece.length > 0) give(isStderr, piece);
    return bytes.subarray(piece.length);
  };

  return (chunk) => {
    let bytes = takePiece(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
    while (bytes.length >= headerBytes) {
      isStderr = bytes[0] === 2;
      left = bytes.readUInt32BE(4);
      bytes = takePiece(bytes.subarray(headerBytes));
    }
    rest = bytes;
  };
};
