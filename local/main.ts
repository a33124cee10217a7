import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { greeting } from './addresses.ts';
import { type Stack, startStack } from './stack.ts';

const defaultPort = 4566;

const portOf = (given: string | undefined): number => {
  const port = given === undefined || given === '' ? defaultPort : Number(given);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`DAVIT_PORT must be a port number from 0 to 65535, not "${given}".`);
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const sentence = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

/** Ends the stack at the first Ctrl-C or SIGTERM, and the process at the second. */
const endOnSignal = (end: () => void): void => {
  let asked = 0;
  const onSignal = (): void => {
    asked += 1;
    if (asked > 1) {
      say('ended at once; the next start cleans up what is left');
      process.exit(130);
    }
    say('stopping … (Ctrl-C again ends at once)');
    end();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
};

const main = async (): Promise<void> => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const dir = process.env.DAVIT_DIR || join(root, '.davit');
  const abort = new AbortController();
  const ended = new Promise<void>((resolve) => {
    abort.signal.addEventListener('abort', () => resolve());
  });
  endOnSignal(() => abort.abort(new Error('stopped before it was ready')));
  process.on('uncaughtException', (cause) => {
    say(`the local stack failed and ends: ${cause.stack ?? sentence(cause)}`);
    process.exitCode = 1;
    abort.abort(cause);
  });
  const stack: Stack = await startStack({
    dir,
    port: portOf(process.env.DAVIT_PORT),
    log: say,
    signal: abort.signal,
  });
  if (!abort.signal.aborted) {
    say(greeting(stack.addresses, dir));
    say('ready');
  }
  await ended;
  await stack.stop();
  say('stopped');
};

main().then(
  () => process.exit(),
  (cause: unknown) => {
    process.stderr.write(`${sentence(cause)}\n`);
    process.exit(1);
  },
);
