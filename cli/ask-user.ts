import { createInterface } from 'node:readline/promises';

interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks on a terminal. Only `y` and `yes` mean yes. Rejects when the signal aborts. */
export const askUser =
  ({ input, output }: Terminal, signal: AbortSignal) =>
  async (question: string): Promise<boolean> => {
    const lines = createInterface({ input, output });
    try {
      const answer = await lines.question(`${question} [y/N] `, { signal });
      return /^\s*y(es)?\s*$/i.test(answer);
    } finally {
      lines.close();
    }
  };
