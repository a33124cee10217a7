import type { Delivery } from '../core/request.ts';
import { admit } from './admit.ts';
import { workOff } from './batch.ts';
import type { LaunchPorts } from './decide-launch.ts';
import { reject } from './reject.ts';
import { answerDoorbell } from './resume.ts';

/** How many messages are in hand at once. */
const atOnce = 20;

/**
 * Takes a batch off the queue. Every message ends as a row that says what it waits for, runs, or was rejected; only a
 * row that could not be read or written, or a message that was not reached in time, gives the whole batch back.
 */
export const dispatchAll = async (
  deliveries: readonly Delivery[],
  ports: LaunchPorts,
  signal?: AbortSignal,
): Promise<void> => {
  const { clock } = ports;
  await workOff(deliveries, { clock, atOnce, from: 'the queue', signal }, (delivery) =>
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
  }
};
