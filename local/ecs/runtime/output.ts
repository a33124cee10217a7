import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** So much of a stream is kept whole. Of the rest only the end is kept, because a tool may print a gigabyte. */
const headBytes = 8 * 1024 * 1024;

/** CloudWatch Logs takes events of 256 KB less 26 bytes of overhead; a longer line becomes several. */
const maxLineLength = 262_118;

/** Writes an output line by line as it arrives. Resolves when the output has ended and everything is written. */
export const keepOutput = (
  output: Readable,
  write: (lines: readonly string[]) => void,
): Promise<void> =>
  new Promise((resolve) => {
    const decoder = new StringDecoder('utf8');
    const tail = openTail();
    let bytes = 0;
    let rest = '';

    const take = (text: string): void => {
      const end = text.lastIndexOf('\n');
      if (end < 0) {
        rest += text;
      } else {
        write(linesOf(rest + text.slice(0, end)));
        rest = text.slice(end + 1);
      }
      if (rest.length > maxLineLength) {
        write([rest]);
        rest = '';
      }
    };

    output.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= headBytes) take(decoder.write(chunk));
      else tail.add(chunk);
    });
    output.once('error', () => resolve());
    output.once('close', () => {
      const last = rest + decoder.end();
      if (last !== '') write(linesOf(last));
      write(tail.flush());
      resolve();
    });
  });

const tailBytes = 256 * 1024;

/** Keeps the end of a very long output: at least the last `tailBytes` of the chunks that were added. */
const openTail = (): { add: (chunk: Buffer) => void; flush: () => readonly string[] } => {
  let chunks: Buffer[] = [];
  let kept = 0;
  let dropped = 0;
  return {
    add: (chunk) => {
      chunks.push(chunk);
      kept += chunk.length;
      while (kept > 2 * tailBytes && chunks.length > 1) {
        const first = chunks.shift();
        kept -= first?.length ?? 0;
        dropped += first?.length ?? 0;
      }
    },
    flush: () => {
      const text = Buffer.concat(chunks).toString('utf8');
      chunks = [];
      if (text === '') return [];
      const lines = linesOf(text.endsWith('\n') ? text.slice(0, -1) : text);
      if (dropped === 0) return lines;
      return [`[${dropped} bytes of output are left out here]`, ...lines.slice(1)];
    },
  };
};

const linesOf = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (bare.length <= maxLineLength) return [bare];
    const parts: string[] = [];
    for (let at = 0; at < bare.length; at += maxLineLength) {
      parts.push(bare.slice(at, at + maxLineLength));
    }
    return parts;
  });
