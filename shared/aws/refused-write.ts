/** Whether only a message can cause what DynamoDB says of a write that it refused. */
export const isOfMessage = (_why: string): boolean => true;
