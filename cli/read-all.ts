import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** Reads all of stdin. Rejects when `signal` aborts, also while no byte arrives. */
export const readAll = async (stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<Uint8Array> =>
  await buffer(addAbortSignal(signal, stdin));
