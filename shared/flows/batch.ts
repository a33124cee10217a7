import { errorMessage } from '../core/error-message.ts';
import type { Clock } from '../ports.ts';
import { eachAtMost } from './pace.ts';

interface Batch {
  readonly clock: Clock;
  readonly atOnce: number;
  /** Where the messages came from, in the words of the error. */
  readonly from: string;
  readonly signal?: AbortSignal | undefined;
}

/** How long a batch waits before it is given back: no hot loop. */
const faultWaitMs = 5_000;

/**
 * Works on each message of a batch on its own. Throws, after a wait, when a row could not be read or written or a message
 * was not reached in time: then the whole batch comes again.
 */
export const workOff = async <Message>(
  messages: readonly Message[],
  { clock, atOnce, from, signal }: Batch,
  work: (message: Message) => Promise<void>,
): Promise<void> => {
  const outcomes = await eachAtMost(messages, atOnce, async (message) => {
    if (signal?.aborted) throw new Error('There was no time left to look at this message.');
    await work(message);
  });
  const faults = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (faults.length === 0) return;
  await clock.wait(faultWaitMs, signal);
  const [cause] = faults;
  const first = errorMessage(cause);
  throw new Error(
    `${faults.length} of ${messages.length} messages go back to ${from}, since their rows could not be read or written: ${first}`,
    { cause },
  );
};
