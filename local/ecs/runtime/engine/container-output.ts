import type { Container } from 'dockerode';
import { keepOutput } from '../output.ts';
import { answerMs } from './connect.ts';
import { demultiplex } from './demultiplex.ts';

/** The output of a container, from its first byte on. */
export interface ContainerOutput {
  /** Resolves when the container has closed its outputs, or the connection has ended, and everything is written. */
  readonly ended: Promise<void>;
  /** What the container has printed, as long as that is short; undefined after that. */
  readonly opening: () => string | undefined;
}

/** Writes the output of a container while it runs. It must be called before the start for the first byte to be there. */
export const streamOutput = async (
  container: Container,
  write: (lines: readonly string[]) => void,
): Promise<ContainerOutput> => {
  const stream = await attach(container);
  const { stdout, stderr } = demultiplex(stream);
  let opening: string | undefined = '';
  const note = (piece: Buffer): void => {
    if (opening === undefined) return;
    opening += piece.toString('utf8');
    if (opening.length > mostOpening) opening = undefined;
  };
  const outputs = [stdout, stderr].map((output) => {
    output.on('data', note);
    return keepOutput(output, write);
  });
  const ended = Promise.all(outputs).then(() => {});
  return { ended, opening: () => opening };
};

/** The answer must come in time. The stream after it may last for hours. */
const attach = async (container: Container): Promise<NodeJS.ReadWriteStream> => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error('no answer in time')), answerMs);
  try {
    return await container.attach({
      stream: true,
      stdout: true,
      stderr: true,
      abortSignal: abort.signal,
    });
  } finally {
    clearTimeout(timer);
  }
};

/** The line of a program that could not be executed is not longer. */
const mostOpening = 2_048;
