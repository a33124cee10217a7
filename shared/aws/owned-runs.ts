import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { OwnedRuns } from '../ports/owned-runs.ts';
import { ownedRunOf } from '../wire/owned-run.ts';
import { callOptionsOf } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';
import { fieldsIn } from './task-item.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly signal?: AbortSignal;
}

/** A run lasts 14 days at most, and lines that could not be published come again for a day. */
const keptMs = 15 * 24 * 60 * 60_000;

/** Whose ECS tasks are: the items `#ecs/<ECS task id>` of the task table, which expire. Throws when the table cannot be reached. */
export const ownedRuns = ({ client, table, signal }: Options): OwnedRuns => {
  const callOptions = callOptionsOf(signal);
  return {
    // Not consistent, for half the price: who does not find it asks ECS.
    read: async (ecsTaskId) => {
      const command = new GetItemCommand({ TableName: table, Key: keyOf(ecsTaskId) });
      const { Item } = await client
        .send(command, callOptions)
        .catch(rethrowAs(`The run of ECS task ${ecsTaskId} could not be read from table ${table}`));
      return Item && ownedRunOf(fieldsIn(Item));
    },
    save: async (ecsTaskId, { taskId, run, ecsTaskArn }, now) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(ecsTaskId),
        UpdateExpression:
          'SET ownerTaskId = :taskId, run = :run, ecsTaskArn = :arn, expiresAt = :end',
        ExpressionAttributeValues: marshall({
          ':taskId': taskId,
          ':run': run,
          ':arn': ecsTaskArn,
          ':end': Math.floor((now + keptMs) / 1_000),
        }),
      });
      await client
        .send(command, callOptions)
        .catch(
          rethrowAs(`The run of ECS task ${ecsTaskId} could not be written to table ${table}`),
        );
    },
  };
};

const keyOf = (ecsTaskId: string) => marshall({ taskId: `#ecs/${ecsTaskId}` });
