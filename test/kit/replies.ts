import { connect } from 'amqplib';

/** An event of Davit's, as its receiver reads it. */
export interface ReceivedEvent {
  readonly taskId: string;
  /** `running`, `succeeded`, … */
  readonly what: string;
  /** The same for the same event sent twice. */
  readonly id: string;
}

/** Declares a queue that outlives the broker's restart; with a binding it gets `davit.events` (only an administrator may bind). */
export const declareQueue = async (
  amqpUrl: string,
  queue: string,
  eventsOf?: string,
): Promise<void> => {
  const connection = await connect(amqpUrl);
  try {
    const channel = await connection.createChannel();
    await channel.assertQueue(queue, { durable: true });
    if (eventsOf !== undefined) await channel.bindQueue(queue, 'davit.events', eventsOf);
  } finally {
    await connection.close();
  }
};

/** Takes all events out of a queue that are in it now. */
export const takeEvents = async (
  amqpUrl: string,
  queue: string,
): Promise<readonly ReceivedEvent[]> => {
  const connection = await connect(amqpUrl);
  try {
    const channel = await connection.createChannel();
    const events: ReceivedEvent[] = [];
    for (;;) {
      const message = await channel.get(queue, { noAck: true });
      if (message === false) return events;
      const { subject, type, id } = JSON.parse(message.content.toString());
      events.push({ taskId: subject, what: String(type).replace('davit.task.', ''), id });
    }
  } finally {
    await connection.close();
  }
};

/** The address of the same broker for its administrator. */
export const asAdministrator = (
  amqpUrl: string,
  { username, password }: { readonly username: string; readonly password: string },
): string => amqpUrl.replace(/\/\/[^@]*@/, `//${username}:${password}@`);
