import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program ended: its exit code, or the signal that ended it, and all that it printed. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
  /** Resolves once stdout or stderr holds the text; rejects when the program ends without it. */
  readonly printed: (text: string) => Promise<void>;
}

/** Starts a program with Node, with our environment and the given variables. */
export const startProgram = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running => {
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    out.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]): Ending => ({ code, signal, ...out }));
  const printed = async (text: string): Promise<void> => {
    const seen = (): boolean => (out.stdout + out.stderr).includes(text);
    while (!seen()) {
      const next = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
      const over = await Promise.race([next.then(() => undefined), ended]);
      if (over !== undefined && !seen()) {
        throw new Error(`expected "${text}", but it ended: ${JSON.stringify(over)}`);
      }
    }
  };
  return { child, ended, printed };
};

/** The JSON text after `DAVIT_RESULT` in the last printed line, or undefined. */
export const resultText = (ending: Ending): string | undefined =>
  /^DAVIT_RESULT (.*)$/.exec(ending.stdout.trimEnd().split('\n').at(-1) ?? '')?.[1];
