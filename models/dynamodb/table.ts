import type { Answer } from '../answer.ts';
import type { Rng } from '../random.ts';
import { emptyTable, itemAt, itemsAsOf, keyTextOf } from './items.ts';
import { query } from './query.ts';
import { getItem } from './read.ts';
import type { Schema } from './schema.ts';
import type { Turn } from './turn.ts';
import type {
  Item,
  TableAction,
  TableAnswer,
  TableCall,
  TableOptions,
  TableOutput,
  TableState,
  Throttle,
} from './types.ts';
import { deleteItem, putItem, updateItem } from './write.ts';

/** An empty table with these keys and indexes; by default no read lags. */
export const newTable = (options: Schema & Partial<TableOptions>): TableState =>
  emptyTable({ indexLagMs: [0, 0], readLagMs: [0, 0], ...options });

/**
 * Answers one request at `now`: what it reads and writes takes effect at that moment. The name of the table is not compared.
 * The values of a request become those of the state, and those of the state are in the answer: none of them may be changed.
 */
export const call = (
  state: TableState,
  request: TableCall,
  now: number,
  rng: Rng,
): { readonly state: TableState; readonly answer: TableAnswer } => {
  const turn: Turn = { state, now, rng };
  const answer = operations[request.action](turn, request.input);
  return { state: turn.state, answer };
};

/** Throttles calls until `until`: all of them, or those on one partition of the table or of an index. */
export const throttle = (state: TableState, what: Throttle): TableState => ({
  ...state,
  throttles: [...state.throttles, what],
});

/** Ends every throttle. */
export const unthrottle = (state: TableState): TableState => ({ ...state, throttles: [] });

/** Every item as it is now, in no defined order. */
export const contentsOf = (state: TableState): readonly Item[] =>
  itemsAsOf(state, Number.POSITIVE_INFINITY, () => true);

/** The item with this key as it is now. */
export const itemOf = (state: TableState, key: Item): Item | undefined =>
  itemAt(state, keyTextOf(state.options.keys, key));

const operations: Readonly<
  Record<TableAction, (turn: Turn, input: unknown) => Answer<TableOutput>>
> = {
  GetItem: getItem,
  PutItem: putItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  Query: query,
};
