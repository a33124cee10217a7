import { call, itemOf, newTable } from '../../models/dynamodb/table.ts';
import type { Item, Kept, TableState } from '../../models/dynamodb/types.ts';
import { emptyShards } from '../../models/shards.ts';
import { tableSchema } from '../../test/kit/table.ts';
import type { Outcome } from '../../test/simulation/calls.ts';
import { fieldsOf } from '../../test/simulation/fields.ts';
import { sortedRows } from './sorted-rows.ts';

/** So many records suit a hundred thousand rows: a write copies one of them. */
const shardCount = 4_096;
const actions = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'] as const;
const noChance = (): number => 0;

/**
 * The task table in the model of DynamoDB, for many rows: its indexes never lag. The model walks the whole table for a Query. Here it
 * gets only the rows that wait together and lie in the asked range, where a Query is about them.
 */
export const bigTable = (now: () => number) => {
  const waiting = sortedRows('heldBy', 'waitingSince');
  let table: TableState = { ...newTable(tableSchema()), items: emptyShards(shardCount) };

  const narrowed = (input: unknown): TableState => {
    const { IndexName, ExpressionAttributeValues, Limit } = fieldsOf(input);
    if (IndexName !== 'waiting') return table;
    const { ':by': by, ':after': after, ':before': before } = fieldsOf(ExpressionAttributeValues);
    const range = { after: textOf(after), before: textOf(before), most: Number(Limit) + 1 };
    const found = waiting.between(textOf(by), range);
    const kept = found.map((item): [string, Kept] => [textOf(item.taskId), { item, past: [] }]);
    return { ...table, items: [Object.fromEntries(kept)] };
  };

  const row = (taskId: string): Item | undefined => itemOf(table, { taskId: { S: taskId } });

  return {
    row,
    call: (wanted: string, input: unknown): Outcome => {
      const action = actions.find((one) => one === wanted);
      if (action === undefined) throw new Error(`The bench does not expect ${wanted}.`);
      if (action === 'Query')
        return call(narrowed(input), { action, input }, now(), noChance).answer;
      const { Key, Item: given } = fieldsOf(input);
      const taskId = textOf(fieldsOf(Key ?? given).taskId);
      const before = row(taskId);
      const { state, answer } = call(table, { action, input }, now(), noChance);
      table = state;
      waiting.moved(before, row(taskId));
      return answer;
    },
  };
};

const textOf = (value: unknown): string => {
  const { S: text } = fieldsOf(value);
  return typeof text === 'string' ? text : '';
};
