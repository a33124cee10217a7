import { momentText } from './moment.ts';
import type { Request } from './request.ts';

interface Asking {
  readonly notBefore?: Request['notBefore'] | undefined;
}

/**
 * How far ahead the `notBefore` of a message may be. With the longest `startWithin` after it (14 days) a task must run within
 * 28 days, and so no time of its row is further away than `furthestMs` allows. The row waits in the table: no queue and no
 * schedule of AWS sets a limit.
 */
export const farthestNotBeforeMs = 14 * 24 * 60 * 60_000;

/** Why the message asks for a launch too far ahead, in a sentence for the publisher; undefined where it does not. */
export const notBeforeFault = ({ notBefore }: Asking, now: number): string | undefined =>
  notBefore === undefined || notBefore <= now + farthestNotBeforeMs
    ? undefined
    : `notBefore may be at most 14 days ahead (${momentText(now + farthestNotBeforeMs)} now), but the message asks for ${momentText(notBefore)}: publish it again later, under a new message_id`;

/** The time that a task waits for which is queued now; undefined where it need not wait. */
export const delayOf = ({ notBefore }: Asking, now: number): number | undefined =>
  notBefore !== undefined && notBefore > now ? notBefore : undefined;
