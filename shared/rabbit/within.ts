/** RabbitMQ was silent for too long: it is not known whether what was sent has arrived. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** RabbitMQ answers, but did not confirm what was sent to this queue or exchange: only a queue behind it is silent. */
export class SilentTarget extends Error {
  override readonly name = 'SilentTarget';
}

/** RabbitMQ closed the connection with an error while the letter was under way: this letter, or another one on that connection, is to blame. */
export class ClosedByBroker extends Error {
  override readonly name = 'ClosedByBroker';
}

/** Waits for a promise, and rejects with `NoAnswer` after that time: a connection that died unnoticed never answers. */
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
