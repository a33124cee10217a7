import { url as debuggerUrl } from 'node:inspector';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '../shared/core/error-message.ts';
import { visible } from '../shared/wire/visible.ts';
import { exitCodes, InvokeFailure } from './failure.ts';
import { localFunction } from './local-function.ts';
import { type FunctionName, readArgs } from './read-args.ts';

/**
 * `npm run invoke -- dispatch events/one-task.json`: runs the handler of one function on one saved event, from the
 * TypeScript sources and in this process, against the running local stack. Logs go to the standard streams as the function
 * writes them, and what it returned comes last.
 */
type Handler = (event: unknown, context: object) => Promise<unknown>;

/** Imported late: a function reads its environment while it is loaded. */
const handlers: Readonly<Record<FunctionName, () => Promise<{ readonly handler: Handler }>>> = {
  dispatch: () => import('../functions/dispatch.ts'),
  settle: () => import('../functions/settle.ts'),
  sweep: () => import('../functions/sweep.ts'),
  release: () => import('../functions/release.ts'),
  control: () => import('../functions/control.ts'),
  relay: () => import('../functions/relay.ts'),
  topology: () => import('../functions/topology.ts'),
};

const root = fileURLToPath(new URL('..', import.meta.url));

const main = async (): Promise<void> => {
  // npm changes to the project's folder; a person means the folder in which it was called.
  const calledIn = process.env.INIT_CWD ?? process.cwd();
  const { name, event } = readArgs(process.argv.slice(2), calledIn);
  const folder = resolve(calledIn, process.env.DAVIT_DIR || join(root, '.davit'));
  const { environment, timeoutMs, context } = await localFunction(folder, name);
  for (const key of Object.keys(process.env)) delete process.env[key];
  Object.assign(process.env, environment);
  const { handler } = await handlers[name]();
  const deadlineAt = performance.now() + timeoutMs;
  // A person at a breakpoint takes longer than any function may.
  const time = debuggerUrl() === undefined && {
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - performance.now()),
  };
  const returned = await handler(event, { ...context, ...time });
  process.stdout.write(`${name} returned:\n`);
  process.stdout.write(`${visible(JSON.stringify(returned ?? null, undefined, 2))}\n`);
};

main().then(
  // Its connections to the broker stay open, as in a Lambda that waits for its next invocation.
  () => process.exit(0),
  (cause: unknown) => {
    const isOurs = cause instanceof InvokeFailure;
    const sentence = isOurs ? cause.message : `The function threw: ${errorMessage(cause)}`;
    process.stderr.write(`${visible(sentence)}\n`);
    process.exit(isOurs ? cause.code : exitCodes.threw);
  },
);
