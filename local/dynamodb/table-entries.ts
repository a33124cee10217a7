import { copyFileSync } from 'node:fs';
import type { WireAnswer } from '../endpoint/call.ts';
import { isObject, type JsonObject, list } from '../endpoint/input.ts';
import { readJournal } from '../machine/journal.ts';

/** Calls the table engine. */
export type TableCall = (action: string, input: object) => Promise<WireAnswer>;

/** The tables as they are, in few entries. */
export const entriesOf = async (
  call: TableCall,
  tables: readonly string[],
): Promise<readonly object[]> =>
  (await Promise.all(tables.map((table) => entriesOfOne(call, table)))).flat();

/**
 * Tells the writes of a journal again, in their order. Those to tables that are there no more, as after a change of
 * the template, are left out, and said to be; the journal is then kept under another name.
 */
export const replay = async (
  path: string,
  tables: readonly string[],
  parts: { readonly call: TableCall; readonly log: (line: string) => void },
): Promise<void> => {
  const known = new Set(tables);
  const strangers = new Set<string>();
  for (const { action, input } of writesIn(path)) {
    for (const table of tablesIn(input)) if (!known.has(table)) strangers.add(table);
    const kept = within(input, known);
    if (kept === undefined) continue;
    const told = await parts.call(action, kept);
    if (told.status !== 200) {
      throw new Error(`${path} cannot be told again: ${told.body}; remove it to start empty.`);
    }
  }
  if (strangers.size === 0) return;
  const aside = asideOf(path);
  copyFileSync(path, aside);
  parts.log(
    `the template has no table ${[...strangers].join(', ')}: what it held is left out, and kept in ${aside}`,
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
    // Taken for an empty one, the table would be lost with the journal that begins again.
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

/** What a write does to these tables; undefined where that is nothing. */
const within = (input: JsonObject, tables: ReadonlySet<string>): JsonObject | undefined => {
  if (!isObject(input.RequestItems)) return tables.has(String(input.TableName)) ? input : undefined;
  const known = Object.entries(input.RequestItems).filter(([table]) => tables.has(table));
  return known.length === 0 ? undefined : { ...input, RequestItems: Object.fromEntries(known) };
};

/** Beside what an earlier change of the template left out. */
const asideOf = (path: string): string =>
  `${path}.${new Date().toISOString().replaceAll(':', '-')}.old`;
