/** RabbitMQ was silent for too long: nothing is known of what was sent. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** RabbitMQ answers, but did not confirm what was sent to this queue or exchange: a queue behind it is silent, and it alone. */
export class SilentTarget extends Error {
  override readonly name = 'SilentTarget';
}

/** RabbitMQ ended the connection with an error while the letter was under way: it, or another on that connection, is to blame. */
export class ClosedByBroker extends Error {
  override readonly name = 'ClosedByBroker';
}

/** What is awaited, or `NoAnswer` after that time: a connection that died unseen never answers. */
export const within = async <T>(timeoutMs: number, awaited: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new NoAnswer(`RabbitMQ did not answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
};
