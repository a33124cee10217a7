import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Addresses } from '../local/addresses.ts';
import { logsOf } from '../shared/aws/logs.ts';
import { logStreamOf } from '../shared/core/log-stream.ts';

const patienceMs = 90_000;

/** A row as any reader of the table gets it. */
export type Row = Readonly<Record<string, unknown>>;

/** An operator's actions with the AWS SDK, the CLI or the console: reading rows and logs, pinning versions. */
export interface Operator {
  readonly row: (taskId: string) => Promise<Row | undefined>;
  readonly pin: (tool: string, version: string) => Promise<void>;
  readonly live: (tool: string) => Promise<Live>;
  /** Returns the lines that a run has printed since the last call. */
  readonly newLines: (ecsTaskArn: string) => Promise<readonly string[]>;
}

/** The content of the SSM parameter `live`. */
export interface Live {
  readonly version?: string;
  readonly refusal?: { readonly version: string; readonly why: string };
}

/** Plain SDK clients at the local address; the code would be the same against AWS. */
export const openOperator = (addresses: Addresses): Operator => {
  const { aws: endpoint, region, accessKeyId, secretAccessKey } = addresses;
  const reach = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(reach));
  const ssm = new SSMClient(reach);
  const parameters = `/davit/${addresses.stage}/tools`;
  const readLog = logsOf(reach, parameters);
  const positions = new Map<string, string>();
  return {
    row: async (taskId) => {
      const Key = { taskId };
      const found = await table.send(
        new GetCommand({ TableName: addresses.table, Key, ConsistentRead: true }),
      );
      return found.Item;
    },
    pin: async (tool, version) => {
      const Name = `${parameters}/${tool}/version`;
      await ssm.send(
        new PutParameterCommand({ Name, Value: version, Type: 'String', Overwrite: true }),
      );
    },
    live: (tool) => liveOf(ssm, `${parameters}/${tool}/live`),
    newLines: async (ecsTaskArn) => {
      const page = await readLog(logStreamOf(ecsTaskArn), positions.get(ecsTaskArn));
      if (page?.next !== undefined) positions.set(ecsTaskArn, page.next);
      return page?.lines.map((line) => line.text) ?? [];
    },
  };
};

/** Calls `ask` until it answers. Throws a sentence after 90 s without an answer and without news. */
export const until = async <Answer>(
  what: string,
  ask: (isNews: () => void) => Promise<Answer | undefined>,
): Promise<Answer> => {
  let end = Date.now() + patienceMs;
  const isNews = (): void => {
    end = Date.now() + patienceMs;
  };
  while (Date.now() < end) {
    const answer = await ask(isNews);
    if (answer !== undefined) return answer;
    await wait(100);
  }
  throw new Error(`Expected within ${patienceMs / 1000} s, but it did not happen: ${what}.`);
};

const liveOf = async (ssm: SSMClient, Name: string): Promise<Live> => {
  try {
    const found = await ssm.send(new GetParameterCommand({ Name }));
    const live = JSON.parse(found.Parameter?.Value ?? '{}');
    return { version: live.release?.version, refusal: live.refusal };
  } catch (error) {
    if (error instanceof ParameterNotFound) return {};
    throw error;
  }
};
