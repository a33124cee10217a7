import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Credentials, layoutOf, writeFiles } from './files.ts';
import { findPrograms, type Programs, type RabbitNode, startNode } from './node.ts';
import { choosePorts } from './ports.ts';
import { prepareQuickStop } from './quick-stop.ts';
import { type Place, untilReady } from './ready.ts';
import { claim, endAll, type NodeRecord, readRecord, writeRecord } from './record.ts';
import { startWatchdog } from './watchdog.ts';

export interface RabbitOptions {
  /** Folder of the node: it holds queues, messages, passwords, ports and logs, which survive a stop. */
  readonly dir: string;
  /** Aborts a start that is under way; a node that is ready is ended by `stop` alone. */
  readonly signal?: AbortSignal | undefined;
  readonly log: (line: string) => void;
  /** How long a start waits for the ports that the folder had, before it takes others: for clients that know these. 0 by default. */
  readonly portWaitMs?: number;
}

export interface Rabbit {
  /** Without credentials, as Amazon MQ gives it: `amqp://127.0.0.1:5673`. */
  readonly amqpUrl: string;
  readonly managementUrl: string;
  readonly amqpPort: number;
  readonly managementPort: number;
  readonly admin: Credentials;
  /** Of the server itself, so that a test may kill it. */
  readonly pid: number;
  /** Resolves when the server has ended, for any reason. */
  readonly ended: Promise<void>;
  /** Ends the server and its epmd, and resolves when both are gone; a second call waits for the first. */
  readonly stop: () => Promise<void>;
}

/** Starts a private RabbitMQ node that listens on loopback alone, and resolves when it accepts connections on both ports. Processes
 * that a killed owner left running in the folder are ended first. A stop and a start in the same folder is a restart: the same queues and
 * passwords, and the same ports while they are free (see `portWaitMs`). Rejects with a sentence when RabbitMQ is missing, does not start, or the
 * folder is in use. */
export const startRabbit = async (options: RabbitOptions): Promise<Rabbit> => {
  const programs = findPrograms();
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { record } = layoutOf(dir);
  const claimed = await claim(record, options.log);
  const endWatch = startWatchdog(record, claimed.owner);
  const release = async (): Promise<void> => {
    try {
      await endAll(readRecord(record) ?? claimed);
      rmSync(record, { force: true });
    } finally {
      await endWatch();
    }
  };
  try {
    const { node, place } = await startClaimed(programs, { ...options, dir }, claimed);
    return rabbitOf(node, place, release);
  } catch (error) {
    await release();
    throw error;
  }
};

const portTries = 3;

const startClaimed = async (
  programs: Programs,
  { dir, signal, log, portWaitMs = 0 }: RabbitOptions,
  claimed: NodeRecord,
): Promise<{ readonly node: RabbitNode; readonly place: Place }> => {
  const at = layoutOf(dir);
  const wait = { until: performance.now() + portWaitMs, signal, log };
  for (let tries = 1; ; tries += 1) {
    const ports = await choosePorts(at.ports, wait);
    const place = { programs, dir, ports, admin: writeFiles(dir, ports) };
    // Emptied, so that an error quotes the output of this start only.
    for (const file of [at.log, at.output]) writeFileSync(file, '');
    const node = await startNode(programs, dir, { ports, claimed });
    const trouble = await untilReady(node, place, signal);
    if (trouble === undefined) return { node, place };
    await endAll(readRecord(at.record) ?? claimed);
    writeRecord(at.record, claimed);
    // The port was free when it was chosen, and taken when the server listened.
    if (tries < portTries && /eaddrinuse/.test(trouble)) continue;
    throw new Error(trouble);
  }
};

const rabbitOf = (
  node: RabbitNode,
  { programs, dir, ports, admin }: Place,
  release: () => Promise<void>,
): Rabbit => {
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await prepareQuickStop(programs.epmd, dir, ports);
    await release();
  };
  return {
    amqpUrl: `amqp://127.0.0.1:${ports.amqp}`,
    managementUrl: `http://127.0.0.1:${ports.management}`,
    amqpPort: ports.amqp,
    managementPort: ports.management,
    admin,
    pid: node.pid,
    ended: node.ended,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};
