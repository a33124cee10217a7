import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { present } from '../../shared/core/present.ts';
import type { Credentials, RoleCredential } from '../endpoint/credentials.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { Children } from '../machine/children.ts';
import { startInOwnSession } from '../machine/own-session.ts';
import { functionEnvironment } from './environment.ts';
import { type FunctionSpec, failure, type Invocation } from './invoke.ts';
import { type Order, wordOf } from './wire.ts';

/** What the processes of all functions need. */
export interface LambdaParts {
  readonly endpointUrl: () => string;
  readonly region: string;
  /** Issues the key of its function's role for each process. */
  readonly credentials: Pick<Credentials, 'issue' | 'forget'>;
  readonly logs: LogStore;
  readonly children: Children;
  readonly path: string;
  /** How long a bundle may take to load; absent, long enough for a busy machine. */
  readonly loadMs?: number;
}

/** One execution environment: a process that runs one invocation at a time. */
export interface FunctionProcess {
  readonly accessKeyId: string;
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly isIdle: () => boolean;
  readonly isGone: () => boolean;
  readonly invoke: (payload: string) => Promise<Invocation>;
  readonly kill: () => void;
  readonly ended: Promise<void>;
}

/** Lambda gives a bundle 10 s to load. A machine that starts ten processes at once is slower. */
const loadMs = 60_000;

/** Starts a process for a function. Its first invocation waits until the bundle is loaded. */
export const startFunctionProcess = (spec: FunctionSpec, parts: LambdaParts): FunctionProcess => {
  const { name, roleArn } = spec;
  const key = parts.credentials.issue({
    kind: 'function',
    name,
    ...present({ roleArn }),
  });
  const child = start(spec, parts, key);
  parts.children.remember(child.pid, `function ${name}`);
  const withinMs = parts.loadMs ?? loadMs;
  let current: { order: Order; done: (invocation: Invocation) => void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ready = false;
  let gone = false;

  const finish = (invocation: Invocation): void => {
    const finished = current;
    current = undefined;
    clearTimeout(timer);
    finished?.done(invocation);
  };

  const kill = (): void => {
    gone = true;
    child.kill('SIGKILL');
  };

  const send = (): void => {
    if (current === undefined || !ready || !child.connected) return;
    const { order } = current;
    timer = setTimeout(() => {
      kill();
      finish(timedOut(spec, order.requestId));
    }, spec.timeoutMs);
    child.send({ ...order, deadlineAt: Date.now() + spec.timeoutMs }, () => {});
  };

  const loading = setTimeout(() => {
    kill();
    if (current !== undefined) finish(notLoaded(current.order.requestId, withinMs));
  }, withinMs);

  child.on('message', (message) => {
    const word = wordOf(message);
    if (word?.kind === 'ready') {
      clearTimeout(loading);
      ready = true;
      send();
    } else if (word?.kind === 'done') {
      finish({ ok: word.ok, payload: word.payload });
    } else if (word?.kind === 'broken') {
      gone = true;
      finish({ ok: false, payload: word.payload });
    }
  });

  const ended = new Promise<void>((resolve) => {
    const end = (how: string): void => {
      gone = true;
      clearTimeout(loading);
      parts.credentials.forget(key.accessKeyId);
      parts.children.forget(child.pid);
      if (current !== undefined) finish(exited(current.order.requestId, how));
      resolve();
    };
    child.once('exit', (code, signal) =>
      end(
        signal === null
          ? `exit status ${code}`
          : `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`,
      ),
    );
    child.once('error', (error) => end(error.message));
  });

  return {
    accessKeyId: key.accessKeyId,
    pid: child.pid,
    isIdle: () => current === undefined && !gone,
    isGone: () => gone,
    invoke: (payload) =>
      new Promise((done) => {
        current = { order: { requestId: randomUUID(), payload, deadlineAt: 0 }, done };
        send();
      }),
    kill,
    ended,
  };
};

const hostProgram = fileURLToPath(new URL('./host.ts', import.meta.url));

const start = (spec: FunctionSpec, parts: LambdaParts, key: RoleCredential): ChildProcess => {
  const stream = streamName();
  const words = [`--max-old-space-size=${spec.memoryMiB}`, hostProgram];
  const child = startInOwnSession(process.execPath, words, {
    cwd: spec.codeDir,
    env: functionEnvironment(spec, {
      endpointUrl: parts.endpointUrl(),
      region: parts.region,
      path: parts.path,
      key,
      stream,
    }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const write = (line: string): void => parts.logs.append(spec.logGroup, stream, [line]);
  keepLines(child.stdout, write);
  keepLines(child.stderr, write);
  return child;
};

const streamName = (): string =>
  `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;

const keepLines = (output: Readable | null, write: (line: string) => void): void => {
  if (output === null) return;
  createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on('line', write);
};

const timedOut = (spec: FunctionSpec, requestId: string): Invocation =>
  failure(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${(spec.timeoutMs / 1000).toFixed(2)} seconds`,
  );

const notLoaded = (requestId: string, withinMs: number): Invocation =>
  failure(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: the function's bundle was not loaded within ${withinMs / 1000} seconds`,
  );

const exited = (requestId: string, how: string): Invocation =>
  failure('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: ${how}`);
