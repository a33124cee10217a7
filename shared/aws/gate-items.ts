import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Closure } from '../core/closure.ts';
import type { Gate } from '../core/gate.ts';
import { present } from '../core/present.ts';
import { gateTouchMs } from '../core/times.ts';
import type { Gates } from '../ports.ts';
import { iso } from '../wire/stored-time.ts';
import { callOptionsOf } from './call-options.ts';
import { closureFields, closureIn, type Item } from './closure-fields.ts';
import { conditionalUpdateOf, type ItemChange } from './conditional-update.ts';
import { rethrowAs } from './rethrow-as.ts';
import { waitersOf } from './waiters.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

const prefix = '#gate/';
/**
 * The partitions of the index `due` with all gates that are looked at. No row is in them. Messages can name any version: however
 * many gates that makes, they delay no other gate.
 */
const partitions = ['gate-0', 'gate-version-0'] as const;
const partitionOf = (by: string): string => partitions[by.startsWith('version/') ? 1 : 0];
/** dispatch reads what is closed so often. */
const closureMs = 5_000;
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

  /** What was read of closures, and when. */
  const closures = new Map<
    string,
    { readonly at: number; readonly closure: Promise<Closure | undefined> }
  >();

  const updateItem = conditionalUpdateOf({ client, table, callOptions });
  const update = (by: string, change: Omit<ItemChange, 'taskId' | 'subject'>): Promise<boolean> =>
    updateItem({ taskId: `${prefix}${by}`, subject: `Gate ${by}`, ...change });

  const readItem = async (by: string): Promise<Item | undefined> => {
    const command = new GetItemCommand({
      TableName: table,
      Key: marshall({ taskId: `${prefix}${by}` }),
      ConsistentRead: true,
    });
    const { Item } = await client
      .send(command, callOptions)
      .catch(rethrowAs(`Gate ${by} could not be read from table ${table}`));
    return Item;
  };

  const read = async (by: string): Promise<Gate | undefined> => {
    const item = await readItem(by);
    return item && gateIn(by, item);
  };

  const dueNames = async (partition: string, limit: number): Promise<readonly string[]> => {
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
      await update(by, {
        UpdateExpression: 'SET touchedAt = :now, dueAt = :now, dueIn = :in REMOVE expiresAt',
        values: { ':now': iso(at), ':in': partitionOf(by) },
      });
      touched.set(by, at);
    },
    due: async (limit) => {
      const names = await Promise.all(partitions.map((one) => dueNames(one, limit)));
      const found = await Promise.all(names.flat().map(read));
      return found.flatMap((gate) => gate ?? []);
    },
    named: async (names) => {
      const items = await Promise.all(names.map(async (by) => ({ by, item: await readItem(by) })));
      return items.flatMap(({ by, item }) => (item?.dueIn ? [gateIn(by, item)] : []));
    },
    waiters: waitersOf({ client, table, callOptions }),
    closure: async (by, isFresh = false) => {
      const known = closures.get(by);
      if (!isFresh && known && Math.abs(now() - known.at) < closureMs) return known.closure;
      const closure = read(by).then((gate) => gate?.closure);
      const kept = { at: now(), closure };
      closures.set(by, kept);
      // A failure is not kept.
      closure.catch(() => closures.get(by) === kept && closures.delete(by));
      return closure;
    },
    saveClosure: async (by, next) => {
      closures.delete(by);
      const { names, values } = closureFields(next);
      const isSaved = await update(by, {
        UpdateExpression: `SET touchedAt = :now, dueAt = :now, dueIn = :in, ${names.set} REMOVE ${names.remove}`,
        ConditionExpression:
          next.revision === 1 ? 'attribute_not_exists(revision)' : 'revision = :was',
        values: {
          ...values,
          ':now': iso(now()),
          ':in': partitionOf(by),
          ...present({ ':was': next.revision === 1 ? undefined : next.revision - 1 }),
        },
      });
      if (isSaved) closures.set(by, { at: now(), closure: Promise.resolve(next) });
      return isSaved;
    },
    looked: async ({ by }, afterTenant) => {
      await update(by, {
        UpdateExpression: `SET dueAt = :now${afterTenant === undefined ? ' REMOVE afterTenant' : ', afterTenant = :tenant'}`,
        ConditionExpression: 'attribute_exists(dueIn)',
        values: { ':now': iso(now()), ...present({ ':tenant': afterTenant }) },
      });
    },
    retire: async ({ by, touchedAt }) => {
      // When it was touched meanwhile, it stays as it is.
      await update(by, {
        UpdateExpression: 'SET expiresAt = :end REMOVE dueIn, dueAt, afterTenant',
        ConditionExpression: 'touchedAt = :touched',
        values: { ':touched': iso(touchedAt), ':end': Math.floor(now() / 1_000) + keptS },
      });
    },
  };
};

const gateIn = (by: string, item: Item): Gate => ({
  by,
  // A time that was edited by hand counts as long ago: what is waited for is looked at, and then the gate is retired.
  touchedAt: Date.parse(item.touchedAt?.S ?? '') || 0,
  ...present({ afterTenant: item.afterTenant?.S, closure: closureIn(item) }),
});
