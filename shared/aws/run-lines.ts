import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { RunLinesTable } from '../ports/run-lines.ts';
import { runLinesOf } from '../wire/run-lines.ts';
import { callOptionsOf } from './call-options.ts';
import { conditionalUpdateOf } from './conditional-update.ts';
import { rethrowAs } from './rethrow-as.ts';
import { fieldsIn } from './task-item.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly signal?: AbortSignal;
}

/** A run lasts 14 days at most, and each write keeps the item for as long again. */
const keptMs = 15 * 24 * 60 * 60_000;

/** What is kept of the lines of runs: the items `#lines/<task>/<run>` of the task table, which expire. Throws when the table cannot be reached. */
export const runLinesTable = ({ client, table, signal }: Options): RunLinesTable => {
  const callOptions = callOptionsOf(signal);
  const update = conditionalUpdateOf({ client, table, callOptions });
  return {
    read: async (taskId, run) => {
      const command = new GetItemCommand({
        TableName: table,
        Key: marshall({ taskId: keyOf(taskId, run) }),
        ConsistentRead: true,
      });
      const { Item } = await client
        .send(command, callOptions)
        .catch(rethrowAs(`The lines of ${taskId}/${run} could not be read from table ${table}`));
      return Item && runLinesOf(fieldsIn(Item));
    },
    save: async ({ taskId, run, now }, next, was) => {
      const values = { ...next, expiresAt: Math.floor((now + keptMs) / 1_000) };
      const names = Object.keys(values);
      return update({
        taskId: keyOf(taskId, run),
        subject: `The lines of ${taskId}/${run}`,
        UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}`,
        ConditionExpression: was ? 'revision = :revisionRead' : 'attribute_not_exists(taskId)',
        values: {
          ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
          ...(was ? { ':revisionRead': was.revision } : {}),
        },
      });
    },
  };
};

const keyOf = (taskId: string, run: number): string => `#lines/${taskId}/${run}`;
