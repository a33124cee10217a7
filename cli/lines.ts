/** A line of a file. */
export interface Line {
  /** 1 is the first line. */
  readonly number: number;
  /** Without its line end; only the beginning of a line that is too long. */
  readonly bytes: Uint8Array;
  readonly isTooLong: boolean;
  /** How many bytes of the file end with this line. */
  readonly end: number;
}

/** A body has at most 64 KB, and white space and escapes may make its line longer. */
export const longestLine = 1_048_576;

const lineFeed = 0x0a;

/** The lines of a stream, those of each chunk together: a sender need not wait for the next chunk. It holds one line at most. */
export const linesOf = async function* (
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Line[]> {
  let rest: Uint8Array[] = [];
  let [number, start, size] = [1, 0, 0];
  const keep = (part: Uint8Array): void => {
    if (size <= longestLine) rest.push(part);
    size += part.byteLength;
  };
  const finish = (end: number): Line => {
    const bytes = Buffer.concat(rest).subarray(0, longestLine);
    const line = { number, bytes, isTooLong: size > longestLine, end };
    [rest, number, size] = [[], number + 1, 0];
    return line;
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      keep(chunk.subarray(from, at));
      from = at + 1;
      lines.push(finish(start + from));
    }
    keep(chunk.subarray(from));
    start += chunk.byteLength;
    if (lines.length > 0) yield lines;
  }
  if (size > 0) yield [finish(start)];
};
