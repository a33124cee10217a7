import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, layoutOf } from './files.ts';
import type { Programs, RabbitNode } from './node.ts';
import type { Ports } from './ports.ts';

/** A node's programs, folder, ports and administrator. */
export interface Place {
  readonly programs: Programs;
  readonly dir: string;
  readonly ports: Ports;
  readonly admin: Credentials;
}

// Six seconds on two free cores; a busy machine, or one that recovers many messages, is given time.
const startTimeoutMs = 120_000;
const pollMs = 100;

/** Resolves with undefined when the node accepts connections, else with a sentence about the reason; throws the signal's reason. */
export const untilReady = async (
  node: RabbitNode,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<string | undefined> => {
  let ended = false;
  void node.ended.then(() => {
    ended = true;
  });
  const until = performance.now() + startTimeoutMs;
  while (!(await isReady(place))) {
    signal?.throwIfAborted();
    if (ended) return `RabbitMQ ended while it started. ${lastWords(place.dir)}`;
    if (performance.now() > until) {
      return `RabbitMQ must be ready within 120 s, but is not. ${lastWords(place.dir)}`;
    }
    await sleep(pollMs);
  }
  return undefined;
};

/** Asks the management API whether the AMQP port listens: the answer proves both ports and the administrator. */
const isReady = async ({ ports, admin }: Place): Promise<boolean> => {
  const basic = Buffer.from(`${admin.username}:${admin.password}`).toString('base64');
  const url = `http://127.0.0.1:${ports.management}/api/health/checks/port-listener/${ports.amqp}`;
  try {
    const answer = await fetch(url, {
      // A connection that is kept alive would delay a stop of the server by seconds.
      headers: { authorization: `Basic ${basic}`, connection: 'close' },
      signal: AbortSignal.timeout(5_000),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
};

/** The last lines that a server wrote about its failure. */
const lastWords = (dir: string): string => {
  const at = layoutOf(dir);
  const lines = [at.output, at.log]
    .filter((path) => existsSync(path))
    .flatMap((path) => readFileSync(path, 'utf8').trim().split('\n').slice(-12));
  return `It wrote (${at.logs}):\n${lines.join('\n')}`;
};
