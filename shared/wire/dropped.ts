/** Sentences for the reasons for which the broker dead-letters a message (RabbitMQ guide, dead letter exchanges). */
const causes: ReadonlyMap<string, string> = new Map([
  ['expired', 'it expired while it waited in the queue (property expiration, or a policy)'],
  ['delivery_limit', 'it was delivered more often than the queue allows (delivery limit)'],
  ['maxlen', 'the queue was full (length limit)'],
  ['rejected', 'a consumer rejected it'],
]);

/** Why the broker dropped a message, and what its publisher can do. `death` is the broker's word for the reason, if it is known. */
export const droppedReason = (death: string | undefined): string => {
  const why =
    causes.get(death ?? '') ??
    'it expired, exceeded the delivery limit or the length limit, or was rejected';
  return `RabbitMQ dropped the message before Davit took it: ${why}. If it is still wanted, publish it again under a new message_id.`;
};
