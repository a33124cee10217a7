import { copyFileSync } from 'node:fs';
import { isObject } from '../../shared/core/object.ts';
import type { WireAnswer } from '../endpoint/call.ts';
import { type JsonObject, list } from '../endpoint/input.ts';
import { readJournal } from '../machine/journal.ts';

/** Calls the table engine. */
export type TableCall = (action: string, input: object) => Promise<WireAnswer>;

/** The journal entries that make the tables as they are now: as few as possible. */
export const entriesOf = async (
  call: TableCall,
  tables: readonly string[],
): Promise<readonly object[]> =>
  (await Promise.all(tables.map((table) => entriesOfOne(call, table)))).flat();

/**
 * Applies the writes of a journal again, in their order. Writes to a table that does not exist any more (the template has
 * changed) are left out and logged, and a copy of the journal is kept under another name.
 */
export const replay = async (
  path: string,
  tables: readonly string[],
  parts: { readonly call: TableCall; readonly log: (line: string) => void },
): Promise<void> => {
  const known = new Set(tables);
  const missing = new Set<string>();
  for (const { action, input } of writesIn(path)) {
    for (const table of tablesIn(input)) if (!known.has(table)) missing.add(table);
    const kept = partFor(input, known);
    if (kept === undefined) continue;
    const answer = await parts.call(action, kept);
    if (answer.status !== 200) {
      throw new Error(
        `The journal ${path} cannot be applied again: ${answer.body}. Remove it to start with empty tables.`,
      );
    }
  }
  if (missing.size === 0) return;
  const aside = copyPathOf(path);
  copyFileSync(path, aside);
  parts.log(
    `the template has no table ${[...missing].join(', ')}: its items are left out, and a copy is kept in ${aside}`,
  );
};

/** BatchWriteItem takes 25 items. */
const itemsPerBatch = 25;

const entriesOfOne = async (call: TableCall, table: string): Promise<readonly object[]> => {
  const puts = (await itemsOf(call, table)).map((Item) => ({ PutRequest: { Item } }));
  const batches: object[] = [];
  for (let at = 0; at < puts.length; at += itemsPerBatch) {
    const batch = puts.slice(at, at + itemsPerBatch);
    batches.push({ action: 'BatchWriteItem', input: { RequestItems: { [table]: batch } } });
  }
  return batches;
};

const itemsOf = async (call: TableCall, table: string): Promise<readonly unknown[]> => {
  const items: unknown[] = [];
  let from: unknown;
  do {
    const start = from === undefined ? {} : { ExclusiveStartKey: from };
    const { status, body } = await call('Scan', { TableName: table, ...start });
    const page: unknown = status === 200 ? JSON.parse(body) : undefined;
    // If a failed read counted as an empty table, its items would be lost when the journal is replaced.
    if (!isObject(page)) {
      throw new Error(`Table ${table} must be readable, but its Scan answers ${status}: ${body}`);
    }
    items.push(...list(page, 'Items'));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
};

interface Write {
  readonly action: string;
  readonly input: JsonObject;
}

const writesIn = function* (path: string): Generator<Write> {
  for (const entry of readJournal(path)) {
    if (!isObject(entry) || !isObject(entry.input)) continue;
    yield { action: String(entry.action), input: entry.input };
  }
};

const tablesIn = ({ TableName, RequestItems }: JsonObject): readonly string[] =>
  isObject(RequestItems) ? Object.keys(RequestItems) : [String(TableName)];

/** The part of a write that concerns these tables; undefined if there is none. */
const partFor = (input: JsonObject, tables: ReadonlySet<string>): JsonObject | undefined => {
  if (!isObject(input.RequestItems)) return tables.has(String(input.TableName)) ? input : undefined;
  const known = Object.entries(input.RequestItems).filter(([table]) => tables.has(table));
  return known.length === 0 ? undefined : { ...input, RequestItems: Object.fromEntries(known) };
};

/** A name that differs from those of earlier copies. */
const copyPathOf = (path: string): string =>
  `${path}.${new Date().toISOString().replaceAll(':', '-')}.old`;
