import { connect } from 'amqplib';

/** A message that a web server publishes. */
export interface Message {
  readonly taskId: string;
  readonly body: object;
  readonly replyTo?: string;
}

/** Publishes as any AMQP client would, all at once, and resolves when the broker has confirmed every message. */
export const publish = async (amqpUrl: string, messages: readonly Message[]): Promise<void> => {
  const connection = await connect(amqpUrl);
  try {
    const channel = await connection.createConfirmChannel();
    for (const { taskId, body, replyTo } of messages) {
      channel.publish('davit', 'davit.tasks', Buffer.from(JSON.stringify(body)), {
        messageId: taskId,
        persistent: true,
        ...(replyTo === undefined ? {} : { replyTo, correlationId: taskId }),
      });
    }
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
};

/** A message for the tool `echo`. */
export const echoOf = (taskId: string, input: object): Message => ({
  taskId,
  body: { tool: 'echo', input },
});
