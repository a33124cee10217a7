import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort, { clearLockedPorts } from 'get-port';
import { firstEphemeralPort } from '../machine/ephemeral-ports.ts';
import { readJson } from '../machine/files.ts';

/** The TCP ports of one node, all on 127.0.0.1. */
export interface Ports {
  readonly amqp: number;
  readonly management: number;
  readonly distribution: number;
  readonly epmd: number;
}

/** How long to wait for the ports that clients know, while another program has one of them. */
export interface PortWait {
  /** A time of `performance.now()`. */
  readonly until: number;
  readonly signal?: AbortSignal | undefined;
  readonly log: (line: string) => void;
}

// Next to RabbitMQ's own 5672 and 15672, which another broker may use.
const preferred = { amqp: 5673, management: 15673 } as const;

/**
 * Chooses ports for a node: those it had last time, else 5673 and 15673, else others below the ephemeral range, each only while it
 * is free; where all these are taken, any free one. With `wait` it first waits for the ports of last time. Nothing holds the ports
 * until the node listens: it may find one taken after all. Throws the signal's reason.
 */
export const choosePorts = async (rememberedAt: string, wait?: PortWait): Promise<Ports> => {
  const remembered: Record<string, unknown> = { ...(readJson(rememberedAt) ?? {}) };
  if (wait) await untilFree(numbersIn([remembered.amqp, remembered.management]), wait);
  // get-port gives no port twice within half a minute; a node that starts again must get its own back.
  clearLockedPorts();
  return {
    amqp: await firstFree([remembered.amqp, preferred.amqp]),
    management: await firstFree([remembered.management, preferred.management]),
    distribution: await firstFree([remembered.distribution]),
    epmd: await firstFree([remembered.epmd]),
  };
};

const host = '127.0.0.1';
const pollMs = 100;

const untilFree = async (ports: readonly number[], wait: PortWait): Promise<void> => {
  let isLogged = false;
  for (;;) {
    const taken = await takenOf(ports);
    const leftMs = wait.until - performance.now();
    if (taken.length === 0 || leftMs <= 0) return;
    if (!isLogged) {
      const seconds = Math.ceil(leftMs / 1_000);
      wait.log(
        `another program has RabbitMQ's port ${taken.join(' and ')}: waiting up to ${seconds} s until it is free`,
      );
    }
    isLogged = true;
    await sleep(Math.min(pollMs, leftMs));
    wait.signal?.throwIfAborted();
  }
};

const takenOf = async (ports: readonly number[]): Promise<readonly number[]> => {
  clearLockedPorts();
  const taken: number[] = [];
  for (const port of ports) if ((await getPort({ host, port })) !== port) taken.push(port);
  return taken;
};

const firstFree = (wanted: readonly unknown[]): Promise<number> =>
  getPort({ host, port: [...numbersIn(wanted), ...lowPorts()] });

const numbersIn = (values: readonly unknown[]): readonly number[] =>
  values.filter((value) => typeof value === 'number');

const lowest = 10_000;
const draws = 20;

/**
 * Some ports below the ephemeral range: while the node is stopped, no outgoing connection takes one. At random, so that two
 * stacks that start at the same moment try different ones.
 */
const lowPorts = (): readonly number[] => {
  const end = firstEphemeralPort();
  return end > lowest ? Array.from({ length: draws }, () => randomInt(lowest, end)) : [];
};
