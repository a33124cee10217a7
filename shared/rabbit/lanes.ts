import type { ChannelModel } from 'amqplib';
import type { Sent } from '../ports.ts';
import { type Lane, type Letter, laneOf } from './lane.ts';
import { within } from './within.ts';

/** Confirm channels of one connection. */
export interface Lanes {
  /**
   * Publishes on a channel that carries letters to this target alone at that time: RabbitMQ blocks a whole channel when one
   * quorum queue does not answer, and closes it when an exchange does not exist. Rejects when it is not known whether the letter
   * arrived; with `NoAnswer` after `timeoutMs`.
   */
  readonly send: (target: string, letter: Letter, timeoutMs: number) => Promise<Sent>;
}

interface Used {
  readonly lane: Promise<Lane>;
  letters: number;
  /** It was silent, or is closed: its other letters may still be confirmed, but no new ones are sent on it. */
  isBroken: boolean;
}

const channelTimeoutMs = 5_000;

/** As many as the letters that the functions send at the same time, so that channels are reused. */
const mostIdle = 20;

/** The confirm channels of a connection: opened when needed, and kept for other targets as long as they work. */
export const lanesOn = (model: ChannelModel): Lanes => {
  const used = new Map<string, Used>();
  const idle: Lane[] = [];

  const open = async (): Promise<Lane> =>
    laneOf(await within(channelTimeoutMs, model.createConfirmChannel()));

  const idleOne = (): Lane | undefined => {
    const lane = idle.pop();
    return lane?.isClosed() ? idleOne() : lane;
  };

  const take = (target: string): Used => {
    const known = used.get(target);
    if (known !== undefined) return known;
    const one = idleOne();
    const taken = { lane: one ? Promise.resolve(one) : open(), letters: 0, isBroken: false };
    used.set(target, taken);
    return taken;
  };

  const putBack = async (target: string, one: Used): Promise<void> => {
    if (used.get(target) === one) used.delete(target);
    const lane = await one.lane.catch(() => undefined);
    if (one.isBroken || idle.length >= mostIdle) lane?.close();
    else if (lane !== undefined) idle.push(lane);
  };

  return {
    send: async (target, letter, timeoutMs) => {
      const one = take(target);
      one.letters += 1;
      try {
        const lane = await one.lane;
        return await within(timeoutMs, lane.send(letter));
      } catch (error) {
        one.isBroken = true;
        if (used.get(target) === one) used.delete(target);
        throw error;
      } finally {
        one.letters -= 1;
        if (one.letters === 0) void putBack(target, one);
      }
    },
  };
};
