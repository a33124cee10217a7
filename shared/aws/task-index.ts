import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DueKind } from '../core/due.ts';
import { isOutboxKind } from '../core/outbox-due.ts';
import { present } from '../core/present.ts';
import type { InPhase, Tasks } from '../ports.ts';
import { iso } from '../wire/stored-time.ts';
import type { CallOptions } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';
import { dueShards } from './row.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly callOptions: CallOptions;
}

type Item = Record<string, AttributeValue>;

/** Reads the indexes of the task table, which may be a moment behind the table. */
export const taskIndex = ({
  client,
  table,
  callOptions,
}: Options): Pick<Tasks, 'due' | 'inPhase'> => {
  /** Up to `limit` items of an index, in its order, from as many pages as that needs. */
  const query = async (
    input: Omit<QueryCommandInput, 'TableName'>,
    { limit, from: begin }: { readonly limit: number; readonly from?: Item | undefined },
  ): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let from = begin;
    do {
      const page = new QueryCommand({ TableName: table, ...input, ExclusiveStartKey: from });
      const answer = await client
        .send(page, callOptions)
        .catch(rethrowAs(`Index ${input.IndexName} of table ${table} could not be read`));
      items.push(...(answer.Items ?? []));
      from = answer.LastEvaluatedKey;
    } while (from && items.length < limit);
    return items.slice(0, limit);
  };

  const dueInShard = (
    { index, at }: DueIndex,
    shard: string,
    { by, limit }: { readonly by: number; readonly limit: number },
  ): Promise<readonly Item[]> =>
    query(
      {
        IndexName: index,
        KeyConditionExpression: `${index}In = :shard AND ${at} <= :by`,
        ExpressionAttributeValues: marshall({ ':shard': shard, ':by': iso(by) }),
        ...present({ Limit: Number.isFinite(limit) ? limit : undefined }),
      },
      { limit },
    );

  return {
    due: async (kind, by, limit) => {
      const shards = Array.from({ length: dueShards }, (_, shard) => `${kind}-${shard}`);
      const index = indexOf(kind);
      const found = await Promise.all(
        shards.map((shard) => dueInShard(index, shard, { by, limit })),
      );
      return found
        .flat()
        .sort((a, b) => compare(a[index.at]?.S ?? '', b[index.at]?.S ?? ''))
        .slice(0, limit)
        .flatMap(idOf);
    },
    inPhase: async (phase, { after, limit }) => {
      const from = after === undefined ? undefined : marshall({ ...placeIn(after), phase });
      const items = await query(
        {
          IndexName: 'by-phase',
          KeyConditionExpression: 'phase = :phase',
          ExpressionAttributeValues: marshall({ ':phase': phase }),
          ProjectionExpression: 'taskId, run, tool, ecsTaskArn, missingSince, updatedAt',
          Limit: limit,
        },
        { limit, from },
      );
      const last = items.length < limit ? undefined : items.at(-1);
      return { rows: items.flatMap(inPhaseOf), ...present({ next: last && nameOf(last) }) };
    },
  };
};

interface DueIndex {
  readonly index: 'due' | 'outbox';
  readonly at: 'dueAt' | 'outboxAt';
}

const indexOf = (kind: DueKind): DueIndex =>
  isOutboxKind(kind) ? { index: 'outbox', at: 'outboxAt' } : { index: 'due', at: 'dueAt' };

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const idOf = (item: Item): readonly string[] => (item.taskId?.S ? [item.taskId.S] : []);

const placeIn = (name: string): { readonly updatedAt: string; readonly taskId: string } => {
  // The last space: an id contains none, and a time that was edited by hand may.
  const at = name.lastIndexOf(' ');
  return { updatedAt: name.slice(0, at), taskId: name.slice(at + 1) };
};

const inPhaseOf = (item: Item): readonly InPhase[] => {
  const { taskId, run, tool, ecsTaskArn, missingSince } = item;
  if (!taskId?.S) return [];
  return [
    {
      taskId: taskId.S,
      run: Number(run?.N ?? 0),
      ...present({
        tool: tool?.S || undefined,
        ecsTaskArn: ecsTaskArn?.S || undefined,
        isMissed: missingSince === undefined ? undefined : (true as const),
      }),
    },
  ];
};

/** A place in the index by phase: the time of the last write and the id of a row. The next page begins after it. */
const nameOf = ({ updatedAt, taskId }: Item): string => `${updatedAt?.S ?? ''} ${taskId?.S ?? ''}`;
