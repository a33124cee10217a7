/** The keys of the table and its indexes that hold values from messages. Only Davit writes the others. */
const keysOfMessages = ['taskId', 'tool', 'heldBy', 'waitingSince'];

/*
 * The messages of DynamoDB's ValidationException that are caused by a value, for values that come from messages (API reference,
 * also under TransactionCanceledException; developer guide, Constraints). The spaces are DynamoDB's own.
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
 * Whether only a message can have caused this error of a write that DynamoDB refused. Every other error counts as a fault of
 * Davit, unknown ones too: a message that is rejected by mistake is lost, and one that is kept by mistake is only late.
 */
export const isOfMessage = (why: string): boolean =>
  ofMessages.some((pattern) => pattern.test(why));
