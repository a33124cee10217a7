import { copyFileSync } from 'node:fs';
import type { WireAnswer } from '../endpoint/call.ts';
import { isObject, type JsonObject, list } from '../endpoint/input.ts';
import { readJournal } from '../journal.ts';

/** Calls the table engine. */
export type TableCall = (action: string, input: object) => Promise<WireAnswer>;

/** BatchWriteItem takes 25 items. */
const itemsPerBatch = 25;

const itemsOf = async (call: TableCall, table: string): Promise<readonly unknown[]> => {
  const items: unknown[] = [];
  let from: unknown;
  do {
    const start = from === undefined ? {} : { ExclusiveStartKey: from };
    const page: unknown = JSON.parse((await call('Scan', { TableName: table, ...start })).body);
    if (!isObject(page)) break;
    items.push(...list(page, 'Items'));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
};

const entriesOfOne = async (call: TableCall, table: string): Promise<readonly object[]> => {
  const puts = (await itemsOf(call, table)).map((Item) => ({ PutRequest: { Item } }));
  const batches: object[] = [];
  for (let at = 0; at < puts.length; at += itemsPerBatch) {
    const batch = puts.slice(at, at + itemsPerBatch);
    batches.push({ action: 'BatchWriteItem', input: { RequestItems: { [table]: batch } } });
  }
  return batches;
};

/** The tables as they are, in few entries. */
export const entriesOf = async (
  call: TableCall,
  tables: readonly string[],
): Promise<readonly object[]> =>
  (await Promise.all(tables.map((table) => entriesOfOne(call, table)))).flat();

const tablesIn = ({ TableName, RequestItems }: JsonObject): readonly string[] =>
  isObject(RequestItems) ? Object.keys(RequestItems) : [String(TableName)];

/**
 * Tells the writes of a journal again, in their order. Those to tables that are there no more, as after a change of
 * the template, are left out, and said to be; the journal is then kept under another name.
 */
export const replay = async (
  path: string,
  tables: readonly string[],
  parts: { readonly call: TableCall; readonly log: (line: string) => void },
): Promise<void> => {
  const strangers = new Set<string>();
  for (const entry of readJournal(path)) {
    if (!isObject(entry) || !isObject(entry.input)) continue;
    const unknown = tablesIn(entry.input).filter((table) => !tables.includes(table));
    for (const table of unknown) strangers.add(table);
    if (unknown.length > 0) continue;
    const told = await parts.call(String(entry.action), entry.input);
    if (told.status !== 200) {
      throw new Error(`${path} cannot be told again: ${told.body}; remove it to start empty.`);
    }
  }
  if (strangers.size === 0) return;
  copyFileSync(path, `${path}.old`);
  parts.log(
    `the template has no table ${[...strangers].join(', ')}: what it held is left out, and kept in ${path}.old`,
  );
};
