import { setTimeout as later } from 'node:timers/promises';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import type { CallOptions } from './call-options.ts';

interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly callOptions: CallOptions;
}

type Item = Record<string, unknown>;

/** DynamoDB leaves keys out when the table is busy, or the answer has 16 MB: they are asked for again. */
const mostTries = 8;
const firstWaitMs = 50;

/**
 * Reads these attributes of at most a hundred items (DynamoDB API reference, BatchGetItem), consistently; items that do not exist are left out. It costs a read of
 * each whole item. Throws when the table stays too busy.
 */
export const readMany = async (
  { client, table, callOptions }: Table,
  taskIds: readonly string[],
  attributes: readonly string[],
): Promise<readonly Item[]> => {
  const found: Item[] = [];
  let asked: Exclude<BatchGetCommandInput['RequestItems'], undefined> = {
    [table]: {
      Keys: [...new Set(taskIds)].map((taskId) => ({ taskId })),
      ProjectionExpression: attributes.join(', '),
      ConsistentRead: true,
    },
  };
  if (taskIds.length === 0) return found;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const call = new BatchGetCommand({ RequestItems: asked });
    const answer: BatchGetCommandOutput = await client.send(call, callOptions);
    found.push(...(answer.Responses?.[table] ?? []));
    asked = answer.UnprocessedKeys ?? {};
    if (Object.keys(asked).length === 0) return found;
    await later(firstWaitMs * 2 ** tries);
  }
  throw new Error(`Table ${table} is too busy to read ${taskIds.length} rows. Try it again later.`);
};
