import { call, newTable } from '../../../models/dynamodb/table.ts';
import type { TableAction, TableOptions, TableState } from '../../../models/dynamodb/types.ts';
import { tableSchema } from '../../kit/table.ts';
import { seeded } from '../seeded.ts';

const schema = tableSchema();

/** The task table of the model, with a clock that a test sets. */
export const tableUnderTest = (options: Partial<TableOptions> = {}) => {
  let state: TableState = newTable({ ...schema, ...options });
  let now = 1_000_000;
  const rng = seeded(7);
  return {
    /** The output, or the error's code and message. */
    call: (action: TableAction, input: object) => {
      const done = call(state, { action, input: { TableName: 'tasks', ...input } }, now, rng);
      state = done.state;
      return done.answer;
    },
    wait: (ms: number) => {
      now += ms;
    },
    change: (to: (state: TableState, now: number) => TableState) => {
      state = to(state, now);
    },
    state: () => state,
  };
};
