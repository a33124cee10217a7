import { startInOwnSession } from '../local/machine/own-session.ts';

/** A program that did not end with 0, and what it wrote about it. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly stderr: string;

  constructor(program: string, code: number | null, stderr: string) {
    super(`${program} ended with ${code}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

/** Runs a program to its end; answers what it wrote. Where the signal aborts it is ended, and this rejects with its reason. */
export const outputOf = (
  program: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string> =>
  new Promise((done, failed) => {
    signal?.throwIfAborted();
    const child = startInOwnSession(program, words, { stdio: ['ignore', 'pipe', 'pipe'], signal });
    const said = { stdout: '', stderr: '' };
    for (const output of ['stdout', 'stderr'] as const)
      child[output]?.setEncoding('utf8').on('data', (chunk: string) => {
        said[output] += chunk;
      });
    child.once('error', failed);
    child.once('close', (code) => {
      if (signal?.aborted) failed(signal.reason);
      else if (code === 0) done(said.stdout);
      else failed(new ProgramError(program, code, said.stderr));
    });
  });
