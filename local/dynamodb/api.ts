import { namesOf, type Schema, schemaOf } from '../../models/dynamodb/schema.ts';
import { ownOf } from '../../models/own.ts';
import { isObject } from '../../shared/core/object.ts';
import type { WireAnswer } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import { type JsonObject, text } from '../endpoint/input.ts';
import { objectOf } from '../endpoint/json-protocol.ts';
import type { OwnApi } from '../service.ts';
import { checkLimits } from './check-limits.ts';
import { type Engine, encoded } from './engine.ts';
import type { TableSpec } from './plan.ts';

const prefix = 'DynamoDB_20120810.';

/** A client's table would be lost at the next start, or would make that start fail. */
const changesOfTables: ReadonlySet<string> = new Set(['CreateTable', 'DeleteTable', 'UpdateTable']);

/** The calls of DynamoDB: those of dynalite, with what it lacks (ALL_OLD on a lost race, AWS's limits, TTL and backup calls). */
export const dynamodbApi = (engine: Engine, tables: readonly TableSpec[]): OwnApi => {
  const schemas = new Map<string, Schema>(
    tables.map(({ input }) => [text(input, 'TableName'), schemaOf(input)]),
  );
  const expiry = new Map(tables.map((table) => [text(table.input, 'TableName'), table.expiresBy]));

  /** Adds the row that won. It is read after the race was lost, which is as consistent as a read by the caller would be. */
  const withWinner = async (input: JsonObject, lost: WireAnswer): Promise<WireAnswer> => {
    const table = String(input.TableName);
    const source = isObject(input.Key) ? input.Key : isObject(input.Item) ? input.Item : {};
    const schema = schemas.get(table);
    const names = schema === undefined ? [] : namesOf(schema.keys);
    const key = Object.fromEntries(names.map((name) => [name, source[name]]));
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
        `Clients of the local AWS cannot call ${action}: its tables are those of the template. Change infra/ and start the stack again.`,
      );
    }
    checkLimits(action, input, (name) => schemas.get(name));
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
    kind: 'own',
    protocol: (gate) => ({
      style: 'json',
      speaks: (request) => (request.headers['x-amz-target'] ?? '').startsWith(prefix),
      answer: async (request, caller) => {
        const action = (request.headers['x-amz-target'] ?? '').slice(prefix.length);
        const input = objectOf(request.body);
        return gate({ caller, service: 'dynamodb', action, input }, () =>
          carryOut(action, input, request.body).catch(refused),
        );
      },
    }),
  };
};

const parsed = (answer: WireAnswer): JsonObject => objectOf(Buffer.from(answer.body));

const json = (status: number, body: object): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(body),
});
