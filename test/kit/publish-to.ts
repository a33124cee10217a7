import { connect } from 'amqplib';
import type { Stack } from '../../local/stack.ts';
import type { Message } from './publisher.ts';
import { asAdministrator } from './replies.ts';

/** Publishes to any queue, as the broker's administrator, and resolves when the broker has confirmed every message. */
export const publishTo = async (
  { addresses, rabbit }: Stack,
  queue: string,
  messages: readonly Message[],
): Promise<void> => {
  const connection = await connect(asAdministrator(addresses.amqp, rabbit.admin()));
  try {
    const channel = await connection.createConfirmChannel();
    for (const { taskId, body, replyTo } of messages) {
      channel.sendToQueue(queue, Buffer.from(JSON.stringify(body)), {
        messageId: taskId,
        persistent: true,
        ...(replyTo === undefined ? {} : { replyTo }),
      });
    }
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
};
