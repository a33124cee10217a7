import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { present } from '../core/present.ts';
import type { Limits } from '../ports/limits.ts';
import { limitFields, limitIn, optionalOfLimit } from '../wire/limit-item.ts';
import { iso } from '../wire/stored-time.ts';
import { waitingSinceIn } from '../wire/waiting-since.ts';
import { callOptionsOf } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';
import { fieldsIn, type Item } from './task-item.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** A new name for each write: it distinguishes a retry of our own write by the SDK from a lost race. */
  readonly newId: () => string;
  readonly signal?: AbortSignal;
}

/** The partition of the index `due` that has the items of all limits, so that the sweep finds them with one query. */
const allLimits = 'limit';

/** The places of limits: the items `#limit/<tool>` of the task table. Throws when the table cannot be reached. */
export const limitItems = ({ client, table, newId, signal }: Options): Limits => {
  const callOptions = callOptionsOf(signal);

  const itemOf = async (name: string): Promise<Item | undefined> => {
    const command = new GetItemCommand({
      TableName: table,
      Key: keyOf(name),
      ConsistentRead: true,
    });
    const { Item: item } = await client
      .send(command, callOptions)
      .catch(rethrowAs(`Limit ${name} could not be read from table ${table}`));
    return item;
  };

  // Our write may have succeeded while its answer was lost, and the SDK then repeats it: the item has our write id.
  const isOurs = async (name: string, writeId: string, error: unknown): Promise<boolean> => {
    if (!(error instanceof ConditionalCheckFailedException))
      return rethrowAs(`Limit ${name} could not be written to table ${table}`)(error);
    const item = error.Item ?? (await itemOf(name));
    return item?.writeId?.S === writeId;
  };

  return {
    read: async (name) => {
      const item = await itemOf(name);
      return item && limitIn(fieldsIn(withoutDerived(item)));
    },
    save: async (next, was) => {
      const writeId = newId();
      const fields: Record<string, unknown> = {
        ...limitFields(next),
        writeId,
        // Constant, so that a write of the item changes no index.
        dueIn: allLimits,
        dueAt: iso(next.openedAt),
      };
      const names = Object.keys(fields);
      const sets = names.map((name) => `${name} = :${name}`).join(', ');
      const gone = optionalOfLimit.filter((name) => !(name in fields));
      const removes = gone.length > 0 ? ` REMOVE ${gone.join(', ')}` : '';
      const isNew = was.revision === 0;
      const values = Object.fromEntries(names.map((name) => [`:${name}`, fields[name]]));
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(next.name),
        UpdateExpression: `SET ${sets}${removes}`,
        ConditionExpression: isNew ? 'attribute_not_exists(taskId)' : 'revision = :revisionRead',
        ExpressionAttributeValues: marshall({
          ...values,
          ...(isNew ? {} : { ':revisionRead': was.revision }),
        }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await client.send(command, callOptions);
        return true;
      } catch (error) {
        return isOurs(next.name, writeId, error);
      }
    },
    remove: async ({ name, revision }) => {
      const command = new DeleteItemCommand({
        TableName: table,
        Key: keyOf(name),
        ConditionExpression: 'revision = :revisionRead',
        ExpressionAttributeValues: marshall({ ':revisionRead': revision }),
      });
      try {
        await client.send(command, callOptions);
        return true;
      } catch (error) {
        return isOurs(name, '', error);
      }
    },
    names: async () => {
      const names: string[] = [];
      let from: Item | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          IndexName: 'due',
          KeyConditionExpression: 'dueIn = :limits',
          ExpressionAttributeValues: marshall({ ':limits': allLimits }),
          ...present({ ExclusiveStartKey: from }),
        });
        const answer = await client
          .send(command, callOptions)
          .catch(rethrowAs(`The limits could not be read from table ${table}`));
        names.push(...(answer.Items ?? []).flatMap(({ taskId }) => taskId?.S?.slice(1) ?? []));
        from = answer.LastEvaluatedKey;
      } while (from);
      return names;
    },
    waiting: async (name, { after, most }) => {
      const command = new QueryCommand({
        TableName: table,
        IndexName: 'waiting',
        KeyConditionExpression: 'heldBy = :limit AND waitingSince > :after',
        // '$' follows '#', so that this skips all tasks of the tenant, and no other tenant: none has a character before '-'.
        ExpressionAttributeValues: marshall({
          ':limit': name,
          ':after': after === undefined ? '#' : `${after}$`,
        }),
        Limit: most,
      });
      const { Items = [] } = await client
        .send(command, callOptions)
        .catch(rethrowAs(`Index waiting of table ${table} could not be read`));
      const found = Items.flatMap(waiterOf);
      const [first] = found;
      if (first === undefined) return undefined;
      const { tenant } = first;
      return { tenant, tasks: found.filter((one) => one.tenant === tenant) };
    },
  };
};

const keyOf = (name: string): Item => marshall({ taskId: `#${name}` });

const withoutDerived = (item: Item): Item => {
  const { writeId: _write, dueIn: _in, dueAt: _at, ...rest } = item;
  return rest;
};

const waiterOf = ({ taskId, waitingSince }: Item) => {
  const waits = waitingSinceIn(waitingSince?.S);
  return taskId?.S && waits ? [{ ...waits, taskId: taskId.S }] : [];
};
