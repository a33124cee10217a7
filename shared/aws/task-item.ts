import type {
  AttributeValue,
  PutItemCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { errorMessage } from '../core/error-message.ts';
import type { Task } from '../core/task.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { taskOf } from '../wire/row.ts';
import { changesOf, itemOf, unknownNames } from './row.ts';

/** An item as DynamoDB's calls carry it. */
export type Item = Record<string, AttributeValue>;

/** The table, and the name of this one write. */
interface Write {
  readonly table: string;
  readonly writeId: string;
}

/** The call that creates a row that must not exist yet. */
export const creationOf = (task: Task, { table, writeId }: Write): PutItemCommandInput => ({
  TableName: table,
  Item: marshall({ ...itemOf(task), writeId }),
  ConditionExpression: 'attribute_not_exists(taskId)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

/** The call that writes what differs between `was` and `next`, if the row still has the revision of `was`. No attribute name needs a placeholder: none is a reserved word. */
export const changeOf = (
  { next, was }: { readonly next: Task; readonly was: Task },
  { table, writeId }: Write,
): UpdateItemCommandInput => {
  const { set, remove } = changesOf(next, was);
  const values = { ...set, writeId };
  const sets = Object.keys(values).map((name) => `${name} = :${name}`);
  const removes = remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : '';
  const named = Object.entries(values).map(([name, value]) => [`:${name}`, value]);
  return {
    TableName: table,
    Key: marshall({ taskId: was.taskId }),
    UpdateExpression: `SET ${sets.join(', ')}${removes}`,
    ConditionExpression: 'revision = :revisionRead',
    ExpressionAttributeValues: marshall({
      ...Object.fromEntries(named),
      ':revisionRead': was.revision,
    }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
};

/** The task that an item holds, and how many of its attributes this version of Davit does not know. Throws UnreadableRow. */
export const taskIn = (item: Item): { readonly task: Task; readonly unknown: number } => {
  const unknown = new Set(unknownNames(item));
  const known = Object.entries(item).filter(([name]) => !unknown.has(name));
  return { task: taskOf(fieldsIn(Object.fromEntries(known))), unknown: unknown.size };
};

/** The attributes of an item as JavaScript values. Throws UnreadableRow for a number that JavaScript cannot represent. */
export const fieldsIn = (item: Item): Record<string, unknown> => {
  try {
    return unmarshall(item);
  } catch (cause) {
    const digest = item.digest?.S;
    const why = `Row ${item.taskId?.S} cannot be read: ${errorMessage(cause)}`;
    throw new UnreadableRow(why, { cause, digest });
  }
};
