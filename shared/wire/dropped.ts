/** The broker's words for why it dead-letters a message (RabbitMQ guide, dead letter exchanges). */
const whys: ReadonlyMap<string, string> = new Map([
  ['expired', 'it expired while it waited in the queue (property expiration, or a policy)'],
  ['delivery_limit', 'it came back to the queue more often than the queue allows (delivery limit)'],
  ['maxlen', 'the queue was full (length limit)'],
  ['rejected', 'a consumer rejected it'],
]);

/** Why a message is rejected that the broker dropped, and what its publisher can do; `death` is the broker's word, if known. */
export const droppedReason = (death: string | undefined): string => {
  const why =
    whys.get(death ?? '') ??
    'it expired, was over the limit of deliveries or of length, or was rejected';
  return `RabbitMQ dropped the message before Davit took it: ${why}. If it is still wanted, publish it again under a new message_id.`;
};
