import { type ConfirmChannel, connect } from 'amqplib';

/** An event that Davit sent to the publisher's own queue. */
export interface Reply {
  readonly type: string;
  readonly taskId: string;
  readonly correlationId: string;
}

/** The part of a company's web server that publishes heavy work: it speaks AMQP, and knows nothing else about Davit. */
export interface WebServer {
  readonly publish: (taskId: string, body: object) => Promise<void>;
  /** The types of the events received so far for a task, in the order of their arrival. */
  readonly received: (taskId: string) => readonly string[];
  readonly close: () => Promise<void>;
}

/** Connects as the user `publisher`, with a reply queue of its own. */
export const openWebServer = async (amqpUrl: string): Promise<WebServer> => {
  const connection = await connect(amqpUrl);
  // A broker that stops resets the connection; a publish or a wait that is under way then fails by itself.
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
  const replies: Reply[] = [];
  await channel.consume(queue, (message) => note(message, replies), { noAck: true });
  return {
    publish: (taskId, body) => publish(channel, { taskId, body, replyTo: queue }),
    received: (taskId) =>
      replies.filter((reply) => reply.correlationId === taskId).map((reply) => reply.type),
    close: () => connection.close(),
  };
};

const note = (
  message: { content: Buffer; properties: { correlationId?: unknown } } | null,
  replies: Reply[],
): void => {
  if (message === null) return;
  const event: { type?: string; subject?: string } = JSON.parse(message.content.toString());
  const correlationId = String(message.properties.correlationId ?? '');
  replies.push({ type: event.type ?? '', taskId: event.subject ?? '', correlationId });
};

const publish = (
  channel: ConfirmChannel,
  { taskId, body, replyTo }: { taskId: string; body: object; replyTo: string },
): Promise<void> =>
  new Promise((resolve, reject) => {
    channel.publish(
      'davit',
      'davit.tasks',
      Buffer.from(JSON.stringify(body)),
      {
        messageId: taskId,
        contentType: 'application/json',
        persistent: true,
        replyTo,
        correlationId: taskId,
      },
      (error) => (error ? reject(error) : resolve()),
    );
  });
