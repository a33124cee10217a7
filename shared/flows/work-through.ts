import { errorMessage } from '../core/error-message.ts';
import type { Clock } from '../ports.ts';
import { eachAtMost } from './pace.ts';

interface Batch {
  readonly clock: Clock;
  readonly atOnce: number;
  /** The queue that the messages came from, as the error names it. */
  readonly from: string;
  readonly signal?: AbortSignal | undefined;
  /** Called once when each message was worked on, before a failed batch waits. */
  readonly afterAll?: () => Promise<void>;
}

/** How long a failed batch waits before it goes back to its queue: without a wait it would come again at once. */
const faultWaitMs = 5_000;

/**
 * Works on each message of a batch separately. Throws, after a wait, when a row could not be read or written, or when there
 * was no time left for a message: then the queue delivers the whole batch again.
 */
export const workThrough = async <Message>(
  messages: readonly Message[],
  { clock, atOnce, from, signal, afterAll }: Batch,
  work: (message: Message) => Promise<void>,
): Promise<void> => {
  const outcomes = await eachAtMost(messages, atOnce, async (message) => {
    if (signal?.aborted) throw new Error('There was no time left for this message.');
    await work(message);
  });
  await afterAll?.();
  const faults = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (faults.length === 0) return;
  await clock.wait(faultWaitMs, signal);
  const [cause] = faults;
  const first = errorMessage(cause);
  throw new Error(
    `${faults.length} of ${messages.length} messages go back to ${from}, because their rows could not be read or written: ${first}`,
    { cause },
  );
};
