import { call, contentsOf, itemOf, newTable } from '../../models/dynamodb/table.ts';
import type { TableAction } from '../../models/dynamodb/types.ts';
import { tableSchema } from '../kit/table.ts';
import type { Outcome } from './calls.ts';
import { fieldsOf } from './fields.ts';
import type { Item } from './watchers.ts';
import type { World } from './world.ts';

/** The task table in DynamoDB. */
export interface TaskTable {
  readonly call: (action: TableAction, input: unknown) => Outcome;
  readonly items: () => readonly Item[];
  readonly itemOf: (taskId: string) => Item | undefined;
  /** Keeps the table as it is now. Returns how to bring it back. */
  readonly backUp: () => () => void;
}

const schema = tableSchema();

/** Begins empty. */
export const taskTableOf = ({ plan, timeline, watchers, chance }: World): TaskTable => {
  const rng = chance('dynamodb').next;
  let table = newTable({ ...schema, indexLagMs: plan.traits.indexLagMs });

  const storedAt = (taskId: string | undefined): Item | undefined => {
    const item = taskId === undefined ? undefined : itemOf(table, { taskId: { S: taskId } });
    return item !== undefined && isOfSdk(item) ? item : undefined;
  };

  return {
    call: (action, input) => {
      const taskId = taskIdIn(input);
      const before = storedAt(taskId);
      const called = call(table, { action, input }, timeline.now(), rng);
      table = called.state;
      const after = storedAt(taskId);
      if (after !== undefined && after !== before) watchers.written(before, after);
      return called.answer;
    },
    items: () => contentsOf(table).flatMap((item) => (isOfSdk(item) ? [item] : [])),
    itemOf: storedAt,
    backUp: () => {
      const kept = table;
      return () => {
        table = kept;
        watchers.restored();
      };
    },
  };
};

/** The table keeps the very values of the SDK's commands. */
const isOfSdk = (_item: unknown): _item is Item => true;

const taskIdIn = (input: unknown): string | undefined => {
  const { Key, Item: item } = fieldsOf(input);
  const { S: taskId } = fieldsOf(fieldsOf(Key ?? item).taskId);
  return typeof taskId === 'string' ? taskId : undefined;
};
