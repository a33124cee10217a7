import { describe, expect, it } from 'vitest';
import { isOfMessage } from '../../shared/aws/is-of-message.ts';

/*
 * DynamoDB's own words: developer guide and API reference where they have them, else as recorded from AWS by
 * paritysuite/dynamodb-conformance, nubo-db/dynoxide#110 and architect/dynalite's tests.
 */
describe('a write that DynamoDB refuses', () => {
  it.each([
    'Item size has exceeded the maximum allowed size',
    'Item size to update has exceeded the maximum allowed size',
    'Nesting Levels have exceeded supported limits',
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: taskId',
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-tool, IndexKey: tool',
    'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    'Number overflow. Attempting to store a number with magnitude larger than supported range',
    'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    'Attempting to store more than 38 significant digits in a Number',
    'One or more parameter values were invalid: An string set  may not be empty',
    'One or more parameter values were invalid: Binary sets should not be empty',
  ])('can be refused for its message: %s', (why) => {
    expect(isOfMessage(why)).toBe(true);
  });

  it.each([
    'Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: status',
    'Invalid UpdateExpression: Syntax error; token: "REMOVE", near: ", REMOVE phase"',
    'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [run], path two: [run]',
    'Invalid UpdateExpression: Expression size has exceeded the maximum allowed size; expression size: 4097',
    'ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :a',
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}',
    'One or more parameter values were invalid: Missing the key taskId in the item',
    'One or more parameter values were invalid: Type mismatch for key taskId expected: N actual: S',
    'One or more parameter values were invalid: Type mismatch for Index Key phase Expected: N Actual: S IndexName: by-phase',
    'One or more parameter values were invalid: Cannot update attribute taskId. This attribute is part of the key',
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-phase, IndexKey: phase',
    'The provided key element does not match the schema',
    'The table does not have the specified index: due',
    'Requested resource not found',
    'something that DynamoDB has never said before',
    '',
  ])('else is Davit’s own fault: %s', (why) => {
    expect(isOfMessage(why)).toBe(false);
  });
});
