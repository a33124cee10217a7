import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Gate } from '../core/gate.ts';
import { present } from '../core/present.ts';
import { gateTouchMs } from '../core/times.ts';
import type { Gates } from '../ports.ts';
import { iso } from '../wire/stored-time.ts';
import { callOptionsOf } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';
import { waitersOf } from './waiters.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

type Item = Readonly<Record<string, { readonly S?: string | undefined }>>;

const prefix = '#gate/';
/** The partition of the index `due` with all gates that are looked at. No row is in it. */
const partition = 'gate-0';
/** A gate that nothing waits for is kept for a day: who touches it meanwhile finds it. */
const keptS = 24 * 60 * 60;

/**
 * Gates: the items `#gate/<by>` of the task table. They are in the index `due` as long as the sweep looks at them.
 * Throws when the table cannot be reached.
 */
export const gateItems = ({ client, table, now, signal }: Options): Gates => {
  const callOptions = callOptionsOf(signal);
  /** When each gate was touched. Not kept for the next invocation: a table that was restored would then lack a gate. */
  const touched = new Map<string, number>();

  const update = async (
    by: string,
    input: Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ConditionExpression'>,
    values: Readonly<Record<string, unknown>>,
  ): Promise<void> => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: marshall({ taskId: `${prefix}${by}` }),
      ...input,
      ExpressionAttributeValues: marshall(values),
    });
    try {
      await client.send(command, callOptions);
    } catch (error) {
      // It was touched meanwhile, and stays as it is.
      if (error instanceof ConditionalCheckFailedException) return;
      rethrowAs(`Gate ${by} could not be written to table ${table}`)(error);
    }
  };

  const read = async (by: string): Promise<Gate | undefined> => {
    const command = new GetItemCommand({
      TableName: table,
      Key: marshall({ taskId: `${prefix}${by}` }),
      ConsistentRead: true,
    });
    const { Item } = await client
      .send(command, callOptions)
      .catch(rethrowAs(`Gate ${by} could not be read from table ${table}`));
    return Item && gateIn(by, Item);
  };

  const dueNames = async (limit: number): Promise<readonly string[]> => {
    const command = new QueryCommand({
      TableName: table,
      IndexName: 'due',
      KeyConditionExpression: 'dueIn = :in',
      ExpressionAttributeValues: marshall({ ':in': partition }),
      Limit: limit,
    });
    const { Items = [] } = await client
      .send(command, callOptions)
      .catch(rethrowAs(`Index due of table ${table} could not be read`));
    return Items.flatMap(({ taskId }) => (taskId?.S ? [taskId.S.slice(prefix.length)] : []));
  };

  return {
    touch: async (by, isSure = false) => {
      const at = now();
      const touchedAt = touched.get(by);
      // A clock that was set back must not keep a gate untouched.
      if (!isSure && touchedAt !== undefined && Math.abs(at - touchedAt) < gateTouchMs) return;
      await update(
        by,
        { UpdateExpression: 'SET touchedAt = :now, dueAt = :now, dueIn = :in REMOVE expiresAt' },
        { ':now': iso(at), ':in': partition },
      );
      touched.set(by, at);
    },
    due: async (limit) => {
      const found = await Promise.all((await dueNames(limit)).map(read));
      return found.flatMap((gate) => gate ?? []);
    },
    waiters: waitersOf({ client, table, callOptions }),
    looked: ({ by }, afterTenant) =>
      update(
        by,
        {
          UpdateExpression: `SET dueAt = :now${afterTenant === undefined ? ' REMOVE afterTenant' : ', afterTenant = :tenant'}`,
          ConditionExpression: 'attribute_exists(dueIn)',
        },
        { ':now': iso(now()), ...present({ ':tenant': afterTenant }) },
      ),
    retire: ({ by, touchedAt }) =>
      update(
        by,
        {
          UpdateExpression: 'SET expiresAt = :end REMOVE dueIn, dueAt, afterTenant',
          ConditionExpression: 'touchedAt = :touched',
        },
        { ':touched': iso(touchedAt), ':end': Math.floor(now() / 1_000) + keptS },
      ),
  };
};

const gateIn = (by: string, { touchedAt, afterTenant }: Item): Gate => ({
  by,
  // A time that was edited by hand counts as long ago: what is waited for is looked at, and then the gate is retired.
  touchedAt: Date.parse(touchedAt?.S ?? '') || 0,
  ...present({ afterTenant: afterTenant?.S }),
});
