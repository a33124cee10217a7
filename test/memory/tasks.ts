import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { refused } from '../../models/answer.ts';
import { withItem } from '../../models/dynamodb/items.ts';
import { call, contentsOf, itemOf, newTable } from '../../models/dynamodb/table.ts';
import type {
  TableAction,
  TableAnswer,
  TableCall,
  TableState,
} from '../../models/dynamodb/types.ts';
import { isItem } from '../../models/dynamodb/values.ts';
import { isObject } from '../../models/object.ts';
import { attributeNames } from '../../shared/aws/row.ts';
import { creationOf, type Item, taskIn } from '../../shared/aws/task-item.ts';
import { tasksTable } from '../../shared/aws/tasks.ts';
import type { Task } from '../../shared/core/task.ts';
import type { Tasks } from '../../shared/ports.ts';
import { tableSchema } from '../kit/table.ts';
import { sdkItem, tableClient } from '../kit/table-client.ts';

/** The task table as a map that a test can read and change. */
export interface MemoryTasks extends Tasks {
  /** Reaches the table, for what is beside the rows. */
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly rows: () => readonly Task[];
  /** Puts a row into the table. */
  readonly put: (task: Task) => void;
  /** The next write of this row is refused with this message of DynamoDB. */
  readonly refuse: (taskId: string, why: string) => void;
  /** Removes the row, as if it had expired. */
  readonly remove: (taskId: string) => void;
  /** Makes a row one that this version cannot read. */
  readonly spoil: (taskId: string) => void;
  /** An item as the table has it, readable or not. */
  readonly item: (taskId: string) => Item | undefined;
  /** Writes an item by hand, without the rules of Davit and of DynamoDB. */
  readonly edit: (taskId: string, item: Item) => void;
}

const table = 'memory';
const schema = tableSchema();
const declared: ReadonlySet<string> = new Set(attributeNames);

/**
 * An empty table: the real adapter over the model of DynamoDB. It also refuses an attribute that is not declared: a fault of
 * Davit that DynamoDB would not notice.
 */
export const memoryTasks = (): MemoryTasks => {
  let state: TableState = newTable(schema);
  const refusals = new Map<string, string>();
  let writes = 0;

  const answerTo = (request: TableCall): TableAnswer => {
    const { state: next, answer } = call(state, request, 0, () => 0);
    if (!answer.ok) return answer;
    const taskId = writtenId(request);
    if (taskId === undefined) return answer;
    const why = refusals.get(taskId);
    refusals.delete(taskId);
    if (why !== undefined) return refused('ValidationException', why);
    checkNames(next, taskId);
    state = next;
    return answer;
  };

  const checkNames = (next: TableState, taskId: string): void => {
    if (taskId.startsWith('#')) return;
    const names = Object.keys(itemOf(next, { taskId: { S: taskId } }) ?? {});
    const strange = names.filter((name) => !declared.has(name));
    if (strange.length > 0)
      throw new Error(`Row ${taskId} has attributes that no list declares: ${strange.join(', ')}`);
  };

  const write = (action: TableAction, input: object): void => {
    const done = call(state, { action, input: { TableName: table, ...input } }, 0, () => 0);
    if (!done.answer.ok) throw new Error(done.answer.error.message);
    state = done.state;
  };

  const itemAt = (taskId: string): Item | undefined =>
    sdkItem(itemOf(state, { taskId: { S: taskId } }));

  const allTasks = (): readonly Task[] =>
    contentsOf(state).flatMap((each) => {
      const item = sdkItem(each);
      return item === undefined || item.taskId?.S?.startsWith('#') ? [] : [taskIn(item).task];
    });

  const newId = (): string => {
    writes += 1;
    return `m-${writes}`;
  };

  const client = tableClient(answerTo);
  return {
    ...tasksTable({ client, table, newId }),
    client,
    table,
    rows: allTasks,
    put: (task) => write('PutItem', { Item: creationOf(task, { table, writeId: newId() }).Item }),
    refuse: (taskId, why) => void refusals.set(taskId, why),
    remove: (taskId) => write('DeleteItem', { Key: marshall({ taskId }) }),
    spoil: (taskId) => {
      const item = itemAt(taskId);
      if (!item) throw new Error(`there is no row ${taskId}`);
      write('PutItem', { Item: { ...item, createdAt: { S: 'yesterday' } } });
    },
    item: itemAt,
    edit: (taskId, item) => {
      const edited: unknown = item;
      if (isItem(edited)) state = withItem(state, { key: taskId, item: edited }, 0);
    },
  };
};

/** The id of the row that a request writes; undefined for one that reads. */
const writtenId = ({ action, input }: TableCall): string | undefined => {
  if (action === 'GetItem' || action === 'Query' || !isObject(input)) return undefined;
  const key = input.Key ?? input.Item;
  return isItem(key) && typeof key.taskId?.S === 'string' ? key.taskId.S : undefined;
};
