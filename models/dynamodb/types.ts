import type { Answer } from '../answer.ts';
import type { Range } from '../random.ts';
import type { Shards } from '../shards.ts';
import type { Schema } from './schema.ts';

/**
 * A value as DynamoDB's calls carry it: `{ S: 'text' }`, `{ M: … }` and so on. Bytes are a Uint8Array, as in the SDK's
 * commands, or base64, as on the wire: they stay what the caller gave.
 */
export type Value = Readonly<Record<string, unknown>>;

export type Item = Readonly<Record<string, Value>>;

export type TableAction = 'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query';

/** One request: `input` is that of the SDK's command or the body on the wire, which the model checks. */
export interface TableCall {
  readonly action: TableAction;
  readonly input: unknown;
}

export interface TableOutput {
  readonly Item?: Item;
  readonly Attributes?: Item;
  readonly Items?: readonly Item[];
  readonly Count?: number;
  readonly ScannedCount?: number;
  readonly LastEvaluatedKey?: Item;
}

/** The output's values are those of the state: they must not be changed. */
export type TableAnswer = Answer<TableOutput>;

export interface TableOptions extends Schema {
  /** How old the state is that a Query of an index shows. Each Query draws its own lag. */
  readonly indexLagMs: Range;
  /** How old the state is that a read of the table itself shows when it does not ask for a consistent one. */
  readonly readLagMs: Range;
}

/** One table, as one plain value that never changes in place. */
export interface TableState {
  readonly options: TableOptions;
  readonly items: Shards<Kept>;
  /** The keys of items that were deleted and are kept for lagging reads, oldest first. */
  readonly deleted: readonly { readonly key: string; readonly at: number }[];
  readonly throttles: readonly Throttle[];
}

/** An item with what it was, as far as a lagging read may still see it; `null` where there was none. */
export interface Kept {
  readonly item: Item | null;
  readonly past: readonly { readonly until: number; readonly item: Item | null }[];
}

/** Calls are throttled until this time: all of them, or those on one partition of the table or of an index. */
export interface Throttle {
  readonly until: number;
  /** The value of the partition key. */
  readonly partition?: string;
  /** With it, `partition` is one of this index. Writes that change the index are throttled too (developer guide, GSI throttling). */
  readonly index?: string;
  /** ThrottlingException by default; a table with provisioned capacity answers ProvisionedThroughputExceededException. */
  readonly code?: string;
}
