import type { Delivery } from '../core/request.ts';
import { admit } from './admit.ts';
import type { LaunchPorts } from './launch.ts';
import { eachAtMost } from './pace.ts';
import { reject } from './reject.ts';
import { answerDoorbell } from './resume.ts';

/** How many messages are in hand at once, and how long a batch waits before it is given back: no hot loop. */
const atOnce = 20;
const faultWaitMs = 5_000;

/**
 * Takes a batch off the queue. Every message ends as a row that says what it waits for, runs, or was rejected; only a
 * row that could not be read or written, or a message that was not reached in time, gives the whole batch back.
 */
export const dispatchAll = async (
  deliveries: readonly Delivery[],
  ports: LaunchPorts,
  signal?: AbortSignal,
): Promise<void> => {
  const outcomes = await eachAtMost(deliveries, atOnce, async (delivery) => {
    if (signal?.aborted) throw new Error('There was no time left to look at this message.');
    await dispatchOne(ports, delivery);
  });
  const faults = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  );
  if (faults.length === 0) return;
  await ports.clock.wait(faultWaitMs, signal);
  const cause = faults[0];
  const first = cause instanceof Error ? cause.message : String(cause);
  throw new Error(
    `${faults.length} of ${deliveries.length} messages go back to the queue, since their rows could not be read or written: ${first}`,
    { cause },
  );
};

const dispatchOne = (ports: LaunchPorts, delivery: Delivery): Promise<void> => {
  switch (delivery.kind) {
    case 'unusable':
      return reject(ports, delivery.rejection);
    case 'doorbell':
      return answerDoorbell(ports, delivery.taskId, delivery.run);
    case 'task':
      return admit(ports, delivery.submission);
  }
};
