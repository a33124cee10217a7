import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '../shared/core/error-message.ts';
import { visible } from '../shared/wire/visible.ts';
import { greeting } from './addresses.ts';
import { troubleWithDisk } from './machine/disk-trouble.ts';
import { portOf } from './machine/port.ts';
import { type Stack, startStack } from './stack.ts';

// The output of a function or of RabbitMQ may quote a publisher's text.
const say = (line: string): void => {
  process.stdout.write(`${visible(line)}\n`);
};

// Under npm, one Ctrl-C arrives twice: from the terminal, and from npm.
const sameSignalMs = 1_000;

/** Ends the stack at the first Ctrl-C, SIGTERM or hang-up, and the process at the second. */
const endOnSignal = (end: () => void): void => {
  let firstAt: number | undefined;
  const onSignal = (): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      say('stopping … (Ctrl-C again ends at once)');
      end();
    } else if (performance.now() - firstAt > sameSignalMs) {
      say('ended at once; the next start cleans up what is left');
      process.exit(130);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  // After a hang-up, writing fails, and no one reads it.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
};

const cloneDir = fileURLToPath(new URL('../.davit', import.meta.url));
// npm changes to the project's folder; a relative path is meant from the folder in which npm was called, as with npx davit.
const dir = resolve(process.env.INIT_CWD ?? '.', process.env.DAVIT_DIR || cloneDir);

const main = async (): Promise<void> => {
  const abort = new AbortController();
  const ended = new Promise<void>((resolve) => {
    abort.signal.addEventListener('abort', () => resolve());
  });
  endOnSignal(() => abort.abort(new Error('stopped before it was ready')));
  process.on('uncaughtException', (cause) => {
    const trouble = troubleWithDisk(dir, cause);
    // On a full disk, many writes fail before all has ended.
    if (trouble !== undefined && abort.signal.aborted) return;
    say(trouble ?? `the local stack failed and ends: ${cause.stack ?? errorMessage(cause)}`);
    process.exitCode = 1;
    abort.abort(cause);
  });
  const stack: Stack = await startStack({
    dir,
    // Set-up writes the images there, whatever the folder of the stack is.
    imagesDir: join(cloneDir, 'images'),
    port: portOf(process.env.DAVIT_PORT),
    log: say,
    signal: abort.signal,
  });
  if (!abort.signal.aborted) {
    say(greeting(stack.addresses, dir, dir === cloneDir ? undefined : `DAVIT_DIR='${dir}'`));
    say('ready');
  }
  await ended;
  await stack.stop();
  say('stopped');
};

main().then(
  () => process.exit(),
  (cause: unknown) => {
    process.stderr.write(`${visible(troubleWithDisk(dir, cause) ?? errorMessage(cause))}\n`);
    process.exit(1);
  },
);
