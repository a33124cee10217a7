/** RabbitMQ was silent for too long: nothing is known of what was sent. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
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
