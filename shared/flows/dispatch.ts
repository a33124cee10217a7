import type { Delivery } from '../core/request.ts';
import { admit } from './admit.ts';
import { admitReturned } from './admit-returned.ts';
import type { LaunchPorts } from './decide-launch.ts';
import { reject } from './reject.ts';
import { answerDoorbell } from './resume.ts';
import { workThrough } from './work-through.ts';

/** How many messages are worked on at the same time. */
const atOnce = 20;

/**
 * Works through a batch from the queue. Every message becomes a row that waits for something it names, runs, or is rejected.
 * The batch goes back to the queue only when a row could not be read or written, or when there was no time for a message.
 */
export const dispatchAll = async (
  deliveries: readonly Delivery[],
  ports: LaunchPorts,
  signal?: AbortSignal,
): Promise<void> => {
  const { clock } = ports;
  await workThrough(deliveries, { clock, atOnce, from: 'the queue', signal }, (delivery) =>
    dispatchOne(ports, delivery),
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
    case 'returned':
      return admitReturned(ports, delivery, (original) => dispatchOne(ports, original));
  }
};
