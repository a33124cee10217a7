import { connect } from 'amqplib';

/** A message of Davit's, as who waited for it reads it. */
export interface Heard {
  readonly taskId: string;
  /** `running`, `succeeded`, … */
  readonly what: string;
  /** The same for the same event sent twice. */
  readonly id: string;
}

/** Declares a queue that outlives the broker's restart; with a binding it hears `davit.events` (an administrator may). */
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

/** Takes everything out of a queue that is in it now. */
export const heardIn = async (amqpUrl: string, queue: string): Promise<readonly Heard[]> => {
  const connection = await connect(amqpUrl);
  try {
    const channel = await connection.createChannel();
    const heard: Heard[] = [];
    for (;;) {
      const message = await channel.get(queue, { noAck: true });
      if (message === false) return heard;
      const { subject, type, id } = JSON.parse(message.content.toString());
      heard.push({ taskId: subject, what: String(type).replace('davit.task.', ''), id });
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
