/** What Node, the SDK and amqplib say when nothing answered: no connection, or no answer in time. */
const silences =
  /^(TimeoutError|NetworkingError|NoAnswer|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE)$|connect ETIMEDOUT/;

const causesFollowed = 5;

/** Whether an error, or what caused it, says that a peer did not answer at all: the next call would fail alike. */
export const isUnreachable = (error: unknown, depth = causesFollowed): boolean => {
  if (!(error instanceof Error) || depth === 0) return false;
  const words = [error.name, error.message, 'code' in error ? String(error.code) : ''];
  return words.some((word) => silences.test(word)) || isUnreachable(error.cause, depth - 1);
};

/** A call that was not made, since its peer was silent a moment ago: no fault of the row that wanted it. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked';
}
