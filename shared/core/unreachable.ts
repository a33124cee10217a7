/** The errors of Node, the SDK and amqplib for a peer that did not answer: no connection, or no answer in time. */
const unreachable =
  /^(TimeoutError|NetworkingError|NoAnswer|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE)$|connect ETIMEDOUT/;

const causesFollowed = 5;

/** Whether an error or one of its causes says that a peer did not answer: the next call would fail in the same way. */
export const isUnreachable = (error: unknown, depth = causesFollowed): boolean => {
  if (!(error instanceof Error) || depth === 0) return false;
  const words = [error.name, error.message, 'code' in error ? String(error.code) : ''];
  return words.some((word) => unreachable.test(word)) || isUnreachable(error.cause, depth - 1);
};

/** A call that was not made, because its peer did not answer a moment ago. The row that needed it is not at fault. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked';
}
