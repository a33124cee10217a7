import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ComparisonPlaces } from '../ports.ts';
import { placeIn, placeText } from '../wire/comparison-place.ts';
import { callOptionsOf } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly signal?: AbortSignal;
}

const Key = { taskId: { S: '#sweep/comparison' } };

/**
 * Where the sweep's comparison stopped: the item `#sweep/comparison` of the task table. It is written without a condition: when
 * two sweeps overlap, the later one decides where the next one starts, and no row depends on it.
 */
export const comparisonPlaces = ({ client, table, signal }: Options): ComparisonPlaces => {
  const callOptions = callOptionsOf(signal);
  return {
    read: async () => {
      const { Item } = await client
        .send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }), callOptions)
        .catch(rethrowAs(`The place of the comparison could not be read from table ${table}`));
      return placeIn(Item?.stoppedAt?.S);
    },
    save: async (place) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key,
        UpdateExpression: 'SET stoppedAt = :place',
        ExpressionAttributeValues: { ':place': { S: placeText(place) } },
      });
      await client
        .send(command, callOptions)
        .catch(rethrowAs(`The place of the comparison could not be written to table ${table}`));
    },
  };
};
