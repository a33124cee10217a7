import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Limit } from '../core/limit.ts';
import { limitIn } from '../wire/limit-item.ts';
import { type WaitingSince, waitingSinceIn } from '../wire/waiting-since.ts';
import { clientOf, type Reach } from './reach.ts';

/** A task that waits for a limit, as the index shows it. */
export interface ListedWaiter extends WaitingSince {
  readonly taskId: string;
}

/** Reads limits for people. Throws when the table cannot be reached, and UnreadableRow for an item that this version cannot read. */
export interface LimitQueries {
  /** The limit of this name, read consistently; undefined for one that does not exist, or that no task has asked yet. */
  readonly limit: (name: string) => Promise<Limit | undefined>;
  /** Every task with this hold (`holdAt`). Read from an index, so possibly a second behind. */
  readonly waiters: (by: string) => Promise<readonly ListedWaiter[]>;
}

/** The limits in the task table, as `davit limits` reads them. */
export const limitQueriesOf = (reach: Reach, table: string): LimitQueries => {
  const { config, callOptions } = clientOf(reach);
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  return {
    limit: async (name) => {
      const key = { taskId: `#${name}` };
      const { Item: item } = await client.send(
        new GetCommand({ TableName: table, Key: key, ConsistentRead: true }),
        callOptions,
      );
      if (item === undefined) return undefined;
      const { writeId: _write, dueIn: _in, dueAt: _at, ...fields } = item;
      return limitIn(fields);
    },
    waiters: async (by) => {
      const found: ListedWaiter[] = [];
      const query = {
        TableName: table,
        IndexName: 'waiting',
        KeyConditionExpression: 'heldBy = :limit',
        ExpressionAttributeValues: { ':limit': by },
      } as const;
      for await (const page of paginateQuery({ client }, query, callOptions))
        found.push(...(page.Items ?? []).flatMap(waiterIn));
      return found;
    },
  };
};

const waiterIn = ({ taskId, waitingSince }: Record<string, unknown>): readonly ListedWaiter[] => {
  const waits = waitingSinceIn(waitingSince);
  return typeof taskId === 'string' && waits ? [{ taskId, ...waits }] : [];
};
