import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { visibleLine } from '../shared/wire/visible.ts';
import { codes } from './codes.ts';

/**
 * Ends the process when its output goes nowhere: without a word, as SIGPIPE would, when the reader has gone
 * (`davit list | head`); with a sentence when it cannot be written. A script must not take either for success.
 */
export const endWithoutOutput = ({ stdout, stderr }: NodeJS.Process): void => {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(codes.unread);
    stderr.write(
      `The output could not be written: ${visibleLine(error.message)}. What was asked for is not undone: make room, or write elsewhere, and look with \`davit list\`.\n`,
    );
    process.exit(codes.trouble);
  });
  // Remarks that nobody reads are no reason to end.
  stderr.on('error', () => {});
};

/** All of stdin. Rejects when `signal` aborts, also while nothing comes. */
export const readAll = async (stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<Uint8Array> =>
  await buffer(addAbortSignal(signal, stdin));
