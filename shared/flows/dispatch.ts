import type { Delivery } from '../core/request.ts';
import { admit } from './admit.ts';
import { admitReturned } from './admit-returned.ts';
import { confirmTogether } from './confirm-together.ts';
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
  const confirms = confirmTogether(ports);
  const shared = { ...(await atSharedPace(ports, deliveries)), confirm: confirms.add };
  const batch = { clock, atOnce, from: 'the queue', signal, afterAll: confirms.finish };
  await workThrough(deliveries, batch, (delivery) => dispatchOne(shared, delivery));
};

/** A shorter batch is over within a second or two. */
const manyMessages = 20;

/**
 * Tasks and doorbells have queues of their own, so two environments launch at the same time. While both have much to do, each
 * takes two turns of its pace for a launch: together they stay within ECS's rate.
 */
const atSharedPace = async (
  ports: LaunchPorts,
  deliveries: readonly Delivery[],
): Promise<LaunchPorts> => {
  const { pace, broker } = ports;
  if (deliveries.length <= manyMessages) return ports;
  const isRung = deliveries.every(({ kind }) => kind === 'doorbell');
  const others = await (isRung ? broker.backlog() : broker.doorbells());
  if (others === undefined || others <= manyMessages) return ports;
  const twice = async (): Promise<void> => {
    await pace();
    await pace();
  };
  return { ...ports, pace: twice };
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
