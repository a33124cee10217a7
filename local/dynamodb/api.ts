import { setTimeout } from 'node:timers/promises';
import type { TableKeys } from '../../models/dynamodb/limits.ts';
import { ownOf } from '../../models/own.ts';
import type { WireAnswer } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import type { Gate } from '../endpoint/gate.ts';
import { isObject, type JsonObject, text } from '../endpoint/input.ts';
import { objectOf } from '../endpoint/json-protocol.ts';
import type { Protocol } from '../endpoint/server.ts';
import type { Engine } from './engine.ts';
import { checkLimits, keysOf } from './strict.ts';

/** A table of the template: CreateTable's input, and the attribute that says when an item expires. */
export interface TableSpec {
  readonly input: JsonObject;
  readonly expiresBy: string | undefined;
}

const prefix = 'DynamoDB_20120810.';

/** A table of anybody else's would be gone at the next start, or keep it from coming. */
const changesOfTables: ReadonlySet<string> = new Set(['CreateTable', 'DeleteTable', 'UpdateTable']);

/** Creates the tables, as the template has them now, with what they held. */
export const createTables = async (engine: Engine, tables: readonly TableSpec[]): Promise<void> => {
  const names = tables.map(({ input }) => text(input, 'TableName'));
  for (const [index, { input }] of tables.entries()) {
    const made = await engine.call('CreateTable', encoded(input));
    const name = names[index] ?? '';
    if (made.status !== 200) throw new Error(`Table ${name} could not be created: ${made.body}`);
    while (!(await isActive(engine, name))) await setTimeout(5);
  }
  await engine.restore(names);
};

/** DynamoDB: dynalite, with what it lacks (ALL_OLD on a lost race, AWS's limits, TTL and backup questions) added in front. */
export const dynamodbProtocol = (
  engine: Engine,
  tables: readonly TableSpec[],
  gate: Gate,
): Protocol => {
  const keys = new Map<string, TableKeys>(
    tables.map(({ input }) => [text(input, 'TableName'), keysOf(input)]),
  );
  const expiry = new Map(tables.map((table) => [text(table.input, 'TableName'), table.expiresBy]));

  /** The row that won: read after the race was lost, which is as consistent as the caller's own read would be. */
  const withWinner = async (input: JsonObject, lost: WireAnswer): Promise<WireAnswer> => {
    const table = String(input.TableName);
    const source = isObject(input.Key) ? input.Key : isObject(input.Item) ? input.Item : {};
    const key = Object.fromEntries(
      (keys.get(table)?.table ?? []).map((part) => [part.name, source[part.name]]),
    );
    const read = await engine.call(
      'GetItem',
      encoded({ TableName: table, Key: key, ConsistentRead: true }),
    );
    return json(lost.status, { ...parsed(lost), Item: parsed(read).Item });
  };

  const own: Readonly<Record<string, (input: JsonObject) => object>> = {
    DescribeTimeToLive: (input) => {
      const attribute = expiry.get(text(input, 'TableName'));
      return {
        TimeToLiveDescription:
          attribute === undefined
            ? { TimeToLiveStatus: 'DISABLED' }
            : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
      };
    },
    DescribeContinuousBackups: (input) => {
      text(input, 'TableName');
      return {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      };
    },
  };

  const carryOut = async (action: string, input: JsonObject, body: Buffer): Promise<WireAnswer> => {
    const answer = ownOf(own, action);
    if (answer !== undefined) return json(200, answer(input));
    if (changesOfTables.has(action)) {
      throw new AwsError(
        'AccessDeniedException',
        `${action} is not for clients of the local AWS: its tables are those of the template, so change infra/ and start again.`,
      );
    }
    checkLimits(action, input, (name) => keys.get(name));
    const result = await engine.call(action, body);
    const lost = result.status === 400 && result.body.includes('#ConditionalCheckFailedException"');
    return lost && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
      ? withWinner(input, result)
      : result;
  };

  const refused = (cause: unknown): WireAnswer => {
    if (!(cause instanceof AwsError)) throw cause;
    const type = `com.amazon.coral.validate#${cause.code}`;
    return json(cause.status, { __type: type, message: cause.message });
  };

  return {
    style: 'json',
    speaks: (request) => (request.headers['x-amz-target'] ?? '').startsWith(prefix),
    answer: async (request, caller) => {
      const action = (request.headers['x-amz-target'] ?? '').slice(prefix.length);
      const input = objectOf(request.body);
      return gate({ caller, service: 'dynamodb', action, input }, () =>
        carryOut(action, input, request.body).catch(refused),
      );
    },
  };
};

const encoded = (body: object): Buffer => Buffer.from(JSON.stringify(body));

const isActive = async (engine: Engine, name: string): Promise<boolean> => {
  const table = parsed(await engine.call('DescribeTable', encoded({ TableName: name }))).Table;
  return isObject(table) && table.TableStatus === 'ACTIVE';
};

const parsed = (answer: WireAnswer): JsonObject => objectOf(Buffer.from(answer.body));

const json = (status: number, body: object): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(body),
});
