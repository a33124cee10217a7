import type { Broker } from '../ports.ts';

/** With more ready messages than this, a doorbell without an answer is most likely still behind them in the queue. */
const fewMessages = 100;

/** Whether the queue of doorbells is so short that one that was sent a minute ago must have been delivered, or is lost. */
export const isQueueShort = async ({
  broker,
}: {
  readonly broker: Pick<Broker, 'doorbells' | 'backlog'>;
}): Promise<boolean> => {
  const ready = (await broker.doorbells()) ?? (await broker.backlog());
  return ready !== undefined && ready <= fewMessages;
};
