import getPort, { clearLockedPorts } from 'get-port';
import { readJson } from '../machine/files.ts';

/** The TCP ports of one node, all on 127.0.0.1. */
export interface Ports {
  readonly amqp: number;
  readonly management: number;
  readonly distribution: number;
  readonly epmd: number;
}

// Next to RabbitMQ's own 5672 and 15672, which another broker may use.
const preferred = { amqp: 5673, management: 15673 } as const;

/**
 * Chooses ports for a node: those it had last time, else 5673 and 15673, each only while it is free, else any free one. Nothing
 * holds them until the node listens: it may find one taken after all.
 */
export const choosePorts = async (rememberedAt: string): Promise<Ports> => {
  const remembered: Record<string, unknown> = { ...(readJson(rememberedAt) ?? {}) };
  // get-port gives no port twice within half a minute; a node that starts again must get its own back.
  clearLockedPorts();
  return {
    amqp: await firstFree([remembered.amqp, preferred.amqp]),
    management: await firstFree([remembered.management, preferred.management]),
    distribution: await firstFree([remembered.distribution]),
    epmd: await firstFree([remembered.epmd]),
  };
};

const firstFree = (wanted: readonly unknown[]): Promise<number> =>
  getPort({ host: '127.0.0.1', port: wanted.filter((port) => typeof port === 'number') });
