import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Closure } from '../core/closure.ts';
import { present } from '../core/present.ts';
import type { VersionRecord } from '../core/release.ts';
import type { Phase } from '../core/task.ts';
import { type Listed, listedOf, phases } from '../wire/listed.ts';
import { versionRecordOf } from '../wire/version-record.ts';
import { closureIn } from './closure-fields.ts';
import { clientOf, type Reach } from './reach.ts';
import { type GroupRows, readGroup, type WantedGroup } from './read-group.ts';
import { readMany } from './read-many.ts';

/** Which rows a list shows: without a phase or a tool, those of all. */
export interface Wanted {
  readonly phase?: Phase;
  readonly tool?: string;
  readonly limit: number;
}

/** Reads the task table for people. Lists come from the indexes, so they may be a second behind the table. */
export interface Queries {
  /** The item as it is stored, read consistently. */
  readonly item: (taskId: string) => Promise<Record<string, unknown> | undefined>;
  /** These attributes of the rows with these ids (a hundred at most), read consistently; rows that do not exist are left out. */
  readonly attributes: (
    taskIds: readonly string[],
    names: readonly string[],
  ) => Promise<readonly Record<string, unknown>[]>;
  /** Newest first: by creation when only a tool is given, else by the last change. */
  readonly list: (wanted: Wanted) => Promise<readonly Listed[]>;
  /** The rows of a group. No index has it, so this reads every row of the open phases; see docs/cli.md for the cost. */
  readonly group: (wanted: WantedGroup) => Promise<GroupRows>;
  /** Every row in LAUNCHING, STARTING or RUNNING. */
  readonly current: () => Promise<readonly Listed[]>;
  /** The closure of a placement or of the deployment, read consistently. */
  readonly closure: (by: string) => Promise<Closure | undefined>;
  /** How many tasks wait for a gate. */
  readonly waiting: (by: string) => Promise<number>;
  /** The records of these versions of a tool, without the versions that were never registered. */
  readonly versions: (
    tool: string,
    versions: readonly string[],
  ) => Promise<readonly VersionRecord[]>;
}

/** The task table as `davit list`, `show` and `versions` read it. */
export const queriesOf = (reach: Reach, table: string): Queries => {
  const { config, callOptions } = clientOf(reach);
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config));

  const rows = async (query: Partial<QueryCommandInput>, limit: number): Promise<Listed[]> => {
    const found: Listed[] = [];
    // DynamoDB counts a page before it filters: a small page could be left with few rows, or none.
    const isPaged = query.FilterExpression === undefined && Number.isFinite(limit);
    const pages = paginateQuery(
      { client, ...present({ pageSize: isPaged ? limit : undefined }) },
      { TableName: table, ScanIndexForward: false, ...query },
      callOptions,
    );
    for await (const page of pages) {
      found.push(...(page.Items ?? []).map(listedOf).filter((row) => row !== undefined));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  };

  const latest = async (of: readonly Phase[], limit: number): Promise<readonly Listed[]> => {
    const found = await Promise.all(of.map((phase) => rows(inPhase(phase), limit)));
    return found
      .flat()
      .sort((a, b) => b.updatedAt - a.updatedAt)
      .slice(0, limit);
  };

  const item: Queries['item'] = async (taskId) => {
    const answer = await client.send(
      new GetCommand({ TableName: table, Key: { taskId }, ConsistentRead: true }),
      callOptions,
    );
    return answer.Item;
  };

  const attributes: Queries['attributes'] = async (taskIds, names) =>
    await readMany({ client, table, callOptions }, taskIds, names);

  const list: Queries['list'] = async ({ phase, tool, limit }) => {
    if (phase && tool) return await rows(inPhaseOfTool(phase, tool), limit);
    if (tool) return await rows(ofTool(tool), limit);
    return await latest(phase ? [phase] : phases, limit);
  };

  return {
    item,
    attributes,
    closure: async (by) => {
      const found = await item(`#gate/${by}`);
      return found && closureIn(marshall(found));
    },
    waiting: async (by) => {
      let count = 0;
      const query = {
        TableName: table,
        IndexName: 'waiting',
        KeyConditionExpression: 'heldBy = :by',
        ExpressionAttributeValues: { ':by': by },
        Select: 'COUNT',
      } as const;
      for await (const page of paginateQuery({ client }, query, callOptions))
        count += page.Count ?? 0;
      return count;
    },
    versions: async (tool, versions) => {
      const items = await Promise.all(
        versions.map((version) => item(`#version/${tool}/${version}`)),
      );
      return items.filter((found) => found !== undefined).map(versionRecordOf);
    },
    list,
    group: async (wanted) => await readGroup({ list, attributes }, wanted),
    current: async () =>
      await latest(['LAUNCHING', 'STARTING', 'RUNNING'], Number.POSITIVE_INFINITY),
  };
};

const inPhase = (phase: Phase): Partial<QueryCommandInput> => ({
  IndexName: 'by-phase',
  KeyConditionExpression: 'phase = :phase',
  ExpressionAttributeValues: { ':phase': phase },
});

const inPhaseOfTool = (phase: Phase, tool: string): Partial<QueryCommandInput> => ({
  ...inPhase(phase),
  FilterExpression: 'tool = :tool',
  ExpressionAttributeValues: { ':phase': phase, ':tool': tool },
});

const ofTool = (tool: string): Partial<QueryCommandInput> => ({
  IndexName: 'by-tool',
  KeyConditionExpression: 'tool = :tool',
  ExpressionAttributeValues: { ':tool': tool },
});
