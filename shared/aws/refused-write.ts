/** The keys of the table and its indexes in which a message's words stand; the others are Davit's alone. */
const keysOfMessages = ['taskId', 'tool', 'heldBy', 'waitingSince'];

/*
 * What DynamoDB says of a ValidationException that a value causes (API reference, and TransactionCanceledException there;
 * developer guide, Constraints), as far as values come from messages. The spaces are DynamoDB's own.
 */
const ofMessages: readonly RegExp[] = [
  /^Item size (to update )?has exceeded the maximum allowed size/,
  /^Nesting Levels have exceeded supported limits/,
  new RegExp(
    `a key attribute cannot contain an empty (string|binary) value\\..*Key: (${keysOfMessages.join('|')})$`,
  ),
  /Size of (hash|range)key has exceeded the maximum size limit/,
  /Aggregated size of all range keys has exceeded the size limit/,
  /^Number (overflow|underflow)\./,
  /more than 38 significant digits/,
  /sets? +(may|should) not be empty/,
];

/**
 * Whether only a message can cause what DynamoDB says of a write that it refused. Everything else is a fault of ours, words
 * that are not known too: a message that is rejected by mistake is lost, one that is kept by mistake is only late.
 */
export const isOfMessage = (why: string): boolean =>
  ofMessages.some((pattern) => pattern.test(why));
