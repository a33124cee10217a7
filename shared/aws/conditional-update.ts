import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { CallOptions } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly callOptions: CallOptions;
}

/** One change of an item of the task table that is no row. */
export interface ItemChange
  extends Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ConditionExpression'> {
  /** The key of the item, for example `#gate/tool/echo`. */
  readonly taskId: string;
  /** What the item is, as the subject of an error: `Gate tool/echo`. */
  readonly subject: string;
  /** The values of both expressions by their names, which begin with `:`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * A function that updates one item. It answers false when the condition failed, so that nothing was written; throws, naming the
 * subject, the table and the cause, when the table cannot be written.
 */
export const conditionalUpdateOf =
  ({ client, table, callOptions }: Options) =>
  async ({ taskId, subject, values, ...expressions }: ItemChange): Promise<boolean> => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: marshall({ taskId }),
      ...expressions,
      ExpressionAttributeValues: marshall(values),
    });
    try {
      await client.send(command, callOptions);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      return rethrowAs(`${subject} could not be written to table ${table}`)(error);
    }
  };
