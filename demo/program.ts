import { startInOwnSession } from '../local/machine/own-session.ts';

/** A program did not end with 0; `stderr` is what it wrote about the reason. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly stderr: string;

  constructor(program: string, code: number | null, stderr: string) {
    super(`${program} ended with ${code}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

/** Runs a program to its end and resolves with its stdout. When the signal aborts, it ends the program and rejects with the reason. */
export const outputOf = (
  program: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string> =>
  new Promise((done, failed) => {
    signal?.throwIfAborted();
    const child = startInOwnSession(program, words, { stdio: ['ignore', 'pipe', 'pipe'], signal });
    const written = { stdout: '', stderr: '' };
    for (const output of ['stdout', 'stderr'] as const)
      child[output]?.setEncoding('utf8').on('data', (chunk: string) => {
        written[output] += chunk;
      });
    child.once('error', failed);
    child.once('close', (code) => {
      if (signal?.aborted) failed(signal.reason);
      else if (code === 0) done(written.stdout);
      else failed(new ProgramError(program, code, written.stderr));
    });
  });
