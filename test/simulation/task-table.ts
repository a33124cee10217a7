import { call, contentsOf, itemOf, newTable } from '../../models/dynamodb/table.ts';
import type { TableAction } from '../../models/dynamodb/types.ts';
import { tableSchema } from '../kit/table.ts';
import type { Outcome } from './calls.ts';
import { fieldsOf } from './fields.ts';
import { names } from './names.ts';
import type { Item } from './watchers.ts';
import type { World } from './world.ts';

/** The task table in DynamoDB. */
export interface TaskTable {
  readonly call: (action: TableAction, input: unknown, by: string) => Outcome;
  readonly items: () => readonly Item[];
  readonly itemOf: (taskId: string) => Item | undefined;
  /** Deletes an item as a person does, whatever is in it. */
  readonly deleteItem: (taskId: string) => void;
  /** Makes a row one that no release can read. Returns how to repair it. */
  readonly spoil: (taskId: string) => () => void;
  /** Whether the row cannot be read now, or could not within the last milliseconds. */
  readonly isSpoilt: (taskId: string, withinMs?: number) => boolean;
  /**
   * Keeps the table as it is now. Returns how to bring it back: as another table, so what the processes of before still write does
   * not reach it.
   */
  readonly backUp: () => (processesOfBefore: ReadonlySet<string>) => void;
}

const schema = tableSchema();

/** Begins empty. */
export const taskTableOf = ({ plan, timeline, watchers, chance }: World): TaskTable => {
  const draws = chance('dynamodb');
  const rng = draws.next;
  /** Processes that only know a table of before. */
  const cutOff = new Set<string>();
  let table = newTable({ ...schema, indexLagMs: plan.traits.indexLagMs });

  const storedAt = (taskId: string | undefined): Item | undefined => {
    const item = taskId === undefined ? undefined : itemOf(table, { taskId: { S: taskId } });
    return item !== undefined && isOfSdk(item) ? item : undefined;
  };

  /** What a person does by hand: the table takes it. */
  const edit = (action: TableAction, request: object): void => {
    const input = { TableName: names.table, ...request };
    const { state, answer } = call(table, { action, input }, timeline.now(), rng);
    if (!answer.ok) throw new Error(`The table refuses an edit: ${answer.error.message}`);
    table = state;
  };

  const setCreatedAt = (taskId: string, value: unknown): void =>
    edit('UpdateItem', {
      Key: { taskId: { S: taskId } },
      UpdateExpression: 'SET createdAt = :at',
      ExpressionAttributeValues: { ':at': value },
    });

  const isUnreadable = (taskId: string): boolean => storedAt(taskId)?.createdAt?.S === spoilt;
  /** Of each row that was spoilt: what its attribute was, and when it was repaired last. */
  const spoiltRows = new Map<string, { readonly createdAt: unknown; repairedAt: number }>();
  const repair = (taskId: string): void => {
    const row = spoiltRows.get(taskId);
    if (row === undefined || !isUnreadable(taskId)) return;
    setCreatedAt(taskId, row.createdAt);
    row.repairedAt = timeline.now();
  };

  return {
    call: (action, input, by) => {
      if (cutOff.has(by)) return gone;
      const taskId = taskIdIn(input);
      const before = storedAt(taskId);
      const isLater = action === 'PutItem' && draws.is(plan.traits.laterFields);
      const written = isLater ? withLaterField(input) : input;
      const called = call(table, { action, input: written }, timeline.now(), rng);
      table = called.state;
      const after = storedAt(taskId);
      if (after !== undefined && after !== before) watchers.written(before, after, by);
      const { answer } = called;
      if (!answer.ok && answer.error.code === 'ValidationException')
        watchers.writeRefused(taskId ?? action, answer.error.message);
      return answer;
    },
    items: () => contentsOf(table).flatMap((item) => (isOfSdk(item) ? [item] : [])),
    itemOf: storedAt,
    deleteItem: (taskId) => {
      edit('DeleteItem', { Key: { taskId: { S: taskId } } });
    },
    spoil: (taskId) => {
      if (isUnreadable(taskId)) return () => {};
      const createdAt = storedAt(taskId)?.createdAt;
      spoiltRows.set(taskId, { createdAt, repairedAt: Number.NEGATIVE_INFINITY });
      setCreatedAt(taskId, { S: spoilt });
      return () => repair(taskId);
    },
    isSpoilt: (taskId, withinMs = 0) =>
      isUnreadable(taskId) ||
      (spoiltRows.get(taskId)?.repairedAt ?? Number.NEGATIVE_INFINITY) > timeline.now() - withinMs,
    backUp: () => {
      const kept = table;
      return (processesOfBefore) => {
        for (const name of processesOfBefore) cutOff.add(name);
        table = kept;
        // Who restores a table repairs in it what was repaired since.
        for (const taskId of spoiltRows.keys()) repair(taskId);
        watchers.restored();
      };
    },
  };
};

/** No release can read it as a time. */
const spoilt = 'yesterday';

/** No process hears this answer. */
const gone: Outcome = {
  ok: false,
  error: {
    code: 'ResourceNotFoundException',
    message: 'Requested resource not found',
    status: 400,
  },
};

/** An attribute that only a later release knows. */
export const laterField = 'laterField';

const withLaterField = (input: unknown): unknown => {
  const fields = fieldsOf(input);
  return { ...fields, Item: { ...fieldsOf(fields.Item), [laterField]: { S: 'later' } } };
};

/** The table keeps the very values of the SDK's commands. */
const isOfSdk = (_item: unknown): _item is Item => true;

const taskIdIn = (input: unknown): string | undefined => {
  const { Key, Item: item } = fieldsOf(input);
  const { S: taskId } = fieldsOf(fieldsOf(Key ?? item).taskId);
  return typeof taskId === 'string' ? taskId : undefined;
};
