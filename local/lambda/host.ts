import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Order, Word } from './wire.ts';

// The program of a function's process. It has only its channel to the stack, and its environment.

const send = (word: Word): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(word, () => resolve());
  });

const errorPayload = (cause: unknown): string => {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  return JSON.stringify({
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n'),
  });
};

const env = (name: string): string => process.env[name] ?? '';

type Handler = (event: unknown, context: object) => unknown;

const isFunction = (value: unknown): value is Handler => typeof value === 'function';

const load = async (): Promise<Handler> => {
  const handler = env('_HANDLER');
  const dot = handler.lastIndexOf('.');
  const base = join(env('LAMBDA_TASK_ROOT'), handler.slice(0, dot));
  const file = ['.mjs', '.js', '.cjs'].map((end) => base + end).find(existsSync);
  if (file === undefined) throw new Error(`The bundle has no module ${handler.slice(0, dot)}.`);
  const module: Record<string, unknown> = await import(pathToFileURL(file).href);
  const exported = module[handler.slice(dot + 1)];
  if (!isFunction(exported)) throw new Error(`${handler} is undefined or not exported.`);
  return exported;
};

const contextOf = (order: Order): object => ({
  awsRequestId: order.requestId,
  functionName: env('AWS_LAMBDA_FUNCTION_NAME'),
  functionVersion: '$LATEST',
  invokedFunctionArn: env('DAVIT_LOCAL_FUNCTION_ARN'),
  memoryLimitInMB: env('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
  logGroupName: env('AWS_LAMBDA_LOG_GROUP_NAME'),
  logStreamName: env('AWS_LAMBDA_LOG_STREAM_NAME'),
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, order.deadlineAt - Date.now()),
});

const run = async (handler: Handler, order: Order): Promise<void> => {
  try {
    const result = await handler(JSON.parse(order.payload), contextOf(order));
    await send({ kind: 'done', ok: true, payload: JSON.stringify(result ?? null) });
  } catch (cause) {
    console.error(cause instanceof Error ? cause.stack : cause);
    await send({ kind: 'done', ok: false, payload: errorPayload(cause) });
  }
};

// The stack has ended, so a result would have no receiver, and no process may be left.
process.on('disconnect', () => process.exit(0));
// The stack ends its functions in order, so signals from elsewhere are ignored.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});

try {
  const handler = await load();
  process.on('message', (order: Order) => {
    void run(handler, order);
  });
  await send({ kind: 'ready' });
} catch (cause) {
  console.error(cause instanceof Error ? cause.stack : cause);
  await send({ kind: 'broken', payload: errorPayload(cause) });
  process.exit(1);
}
