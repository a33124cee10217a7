import middy from '@middy/core';
import { log, nameInvocation } from './log.ts';
import { flushMetrics } from './metrics.ts';
import type { Log } from './ports.ts';

/** What a function does with one invocation. The signal aborts when it should come to its end. */
export type Work<Answer> = (event: unknown, signal: AbortSignal) => Promise<Answer>;

/** What Lambda calls. No callback: the runtimes since nodejs24.x take none. */
export type Handler<Answer> = (event: unknown, context: Context) => Promise<Answer>;

/** The part of Lambda's context that is used; a test may leave it out. */
export interface Context {
  readonly awsRequestId?: string;
  readonly getRemainingTimeInMillis?: () => number;
}

/** Where faults and counts go. */
export interface Outlets {
  readonly log: Log;
  readonly flushMetrics: () => void;
  readonly nameInvocation: (requestId: string | undefined) => void;
}

/*
 *   0 ──────────────── work ────────────────┬── wind down ──┬── last word ──┐ Lambda's timeout
 *                                           │ signal aborts │ fault, flush  │
 *
 * Work that stops by itself leaves nothing under way in an environment that Lambda freezes as soon as we answer, and
 * that would go on, beside its own retry, when it thaws.
 */
const windDownMs = { least: 2_000, most: 5_000 };
const lastWordMs = 1_000;

/** Short time-outs keep most of their time for the work. */
const abortAfterMs = (remainingMs: number): number =>
  Math.max(0, remainingMs - Math.max(windDownMs.least, Math.min(windDownMs.most, remainingMs / 4)));

const tooLate = (): never => {
  throw new Error(
    'The function ran into its time-out and did not wind down when it was told to: what it had under way is in doubt.',
  );
};

/** Dresses work for Lambda, with those outlets. */
export const stackOf =
  (outlets: Outlets) =>
  <Answer>(work: Work<Answer>): Handler<Answer> => {
    const inTime = async (event: unknown, context: Context): Promise<Answer> => {
      const ending = new AbortController();
      const remainingMs = context.getRemainingTimeInMillis?.();
      const timer =
        remainingMs === undefined
          ? undefined
          : setTimeout(() => ending.abort(), abortAfterMs(remainingMs));
      try {
        return await work(event, ending.signal);
      } finally {
        clearTimeout(timer);
      }
    };
    return middy(inTime, { timeoutEarlyInMillis: lastWordMs, timeoutEarlyResponse: tooLate }).use({
      // Blocks, for a value that came out of one of these would be taken for the answer.
      before: ({ context }) => {
        outlets.nameInvocation(context.awsRequestId);
      },
      after: () => {
        outlets.flushMetrics();
      },
      onError: ({ error }) => {
        outlets.log('error', 'fault', { error });
        outlets.flushMetrics();
      },
    });
  };

/**
 * A function's handler: an event in, an answer out, and a signal that aborts before Lambda's time is over. What throws
 * is logged once and goes on to Lambda, which decides about a retry; what was counted is told either way.
 */
export const handlerOf = stackOf({ log, flushMetrics, nameInvocation });
