import middy from '@middy/core';
import { log, nameInvocation } from './log.ts';
import { flushMetrics } from './metrics.ts';
import type { Log } from './ports.ts';

/** The work of a function for one invocation. The signal aborts when the work must come to its end. */
export type Work<Answer> = (event: unknown, signal: AbortSignal) => Promise<Answer>;

/** What Lambda calls. It has no callback parameter: the runtimes from nodejs24.x on refuse one. */
export type Handler<Answer> = (event: unknown, context: Context) => Promise<Answer>;

/** The part of Lambda's context that is used. Tests may omit its members. */
export interface Context {
  readonly awsRequestId?: string;
  readonly getRemainingTimeInMillis?: () => number;
}

/** Where faults and counts are written. */
export interface Outlets {
  readonly log: Log;
  readonly flushMetrics: () => void;
  readonly nameInvocation: (requestId: string | undefined) => void;
}

/*
 *   0 ──────────────── work ────────────────┬── wind down ──┬── last word ──┐ Lambda's timeout
 *                                           │ signal aborts │ fault, flush  │
 *
 * Lambda freezes the environment as soon as we answer. Calls that are still under way would go on when it is used again, at
 * the same time as the retry. So the work is aborted early enough to end by itself.
 */
const windDownMs = { least: 2_000, most: 5_000 };
const lastWordMs = 1_000;

/** Makes handlers that write their faults and counts to these outlets. */
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
      // With braces: a value that one of these returned would become the answer.
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
 * Makes the handler of a function from its work. The signal aborts before Lambda's time is over. An error is logged once and
 * thrown on to Lambda, which decides about a retry. The counts are written in both cases.
 */
export const handlerOf = stackOf({ log, flushMetrics, nameInvocation });

/** A function with a short timeout keeps most of it for the work. */
const abortAfterMs = (remainingMs: number): number =>
  Math.max(0, remainingMs - Math.max(windDownMs.least, Math.min(windDownMs.most, remainingMs / 4)));

const tooLate = (): never => {
  throw new Error(
    'The function was aborted because its time was almost over, and did not wind down in time: the outcome of its last calls is not known.',
  );
};
