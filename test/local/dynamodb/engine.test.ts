import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTables } from '../../../local/dynamodb/create-tables.ts';
import { type Engine, openEngine } from '../../../local/dynamodb/engine.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-tables-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const encoded = (input: object): Buffer => Buffer.from(JSON.stringify(input));

const specOf = (TableName: string) => ({
  input: {
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
  expiresBy: undefined,
});

const open = async (names: readonly string[], lines: string[] = []): Promise<Engine> => {
  const engine = openEngine(join(dir, 'dynamodb.jsonl'), (line) => void lines.push(line));
  await createTables(engine, names.map(specOf));
  return engine;
};

const put = (engine: Engine, table: string, id: string, text = '') =>
  engine.call('PutItem', encoded({ TableName: table, Item: { id: { S: id }, text: { S: text } } }));

const idsIn = async (engine: Engine, table: string): Promise<readonly string[]> => {
  const { body } = await engine.call('Scan', encoded({ TableName: table }));
  return JSON.parse(body).Items.map((item: { id: { S: string } }) => item.id.S);
};

const oldOnes = (): readonly string[] =>
  readdirSync(dir).filter((name) => /^dynamodb\.jsonl\..+\.old$/.test(name));

/** So many writes of 0.3 MB, of the same item. */
const overwrite = async (engine: Engine, times: number): Promise<void> => {
  const text = 'x'.repeat(300_000);
  for (let n = 0; n < times; n += 1) await put(engine, 'tasks', 'x', text);
};

it('answers every call in flight before its files close, and refuses later ones', async () => {
  const engine = await open(['tasks']);
  const numbers = Array.from({ length: 40 }, (_, n) => String(n));
  await Promise.all(numbers.map((n) => put(engine, 'tasks', n)));
  const scans = numbers.map(() => engine.call('Scan', encoded({ TableName: 'tasks' })));
  await engine.stop();
  for (const answer of await Promise.all(scans)) {
    expect(answer.status).toBe(200);
    expect(JSON.parse(String(answer.body)).Count).toBe(40);
  }
  const late = await engine.call('Scan', encoded({ TableName: 'tasks' }));
  expect(late.status).toBe(503);
});

it('opens no port', async () => {
  const servers = () =>
    process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  const before = servers();
  const engine = await open(['tasks']);
  expect(servers()).toBe(before);
  await engine.stop();
});

it('leaves out the items of a table that does not exist any more, logs it, and keeps a copy', async () => {
  const before = await open(['tasks', 'old']);
  await put(before, 'tasks', 'a');
  await put(before, 'old', 'b');
  await before.stop();
  const lines: string[] = [];
  const after = await open(['tasks'], lines);
  expect(await idsIn(after, 'tasks')).toEqual(['a']);
  await after.stop();
  const [aside = ''] = oldOnes();
  expect(lines).toEqual([expect.stringContaining(`a copy is kept in ${join(dir, aside)}`)]);
  expect(lines[0]).toContain('has no table old');
  expect(readFileSync(join(dir, aside), 'utf8')).toContain('"b"');
});

it('keeps a copy at each change of the tables', async () => {
  for (const [there, item] of [
    [['tasks', 'old'], 'old'],
    [['tasks', 'older'], 'older'],
    [['tasks'], 'tasks'],
  ] as const) {
    const engine = await open(there);
    await put(engine, item, item);
    await engine.stop();
  }
  expect(oldOnes()).toHaveLength(2);
});

it('restores the writes of a batch to the tables that still exist', async () => {
  const before = await open(['tasks', 'old']);
  const request = (id: string) => [{ PutRequest: { Item: { id: { S: id } } } }];
  const RequestItems = { old: request('a'), tasks: request('b') };
  await before.call('BatchWriteItem', encoded({ RequestItems }));
  // No stop, which changes nothing: the process was killed.
  const after = await open(['tasks']);
  expect(await idsIn(after, 'tasks')).toEqual(['b']);
  await after.stop();
  await before.stop();
});

it('does not let its journal grow by items that are overwritten, and loses nothing meanwhile', async () => {
  const engine = await open(['tasks']);
  const text = 'x'.repeat(300_000);
  for (let n = 0; n < 30; n += 1) {
    const ids = Array.from({ length: 5 }, (_, i) => String(i));
    await Promise.all([
      put(engine, 'tasks', `only-${n}`),
      ...ids.map((id) => put(engine, 'tasks', id, text)),
    ]);
  }
  // A scan answers 1 MB at a time.
  for (let i = 0; i < 5; i += 1) await put(engine, 'tasks', String(i));
  await engine.stop();
  expect(statSync(join(dir, 'dynamodb.jsonl')).size).toBeLessThan(34 * 1024 * 1024);
  const after = await open(['tasks']);
  expect(await idsIn(after, 'tasks')).toHaveLength(35);
  await after.stop();
}, 60_000);

it('keeps a journal that cannot be shortened, and tries again once it has grown by half', async () => {
  const path = join(dir, 'dynamodb.jsonl');
  const lines: string[] = [];
  const engine = await open(['tasks'], lines);
  await put(engine, 'tasks', 'first');
  // A folder takes the place, which nothing can take from it.
  renameSync(path, join(dir, 'aside'));
  mkdirSync(path);
  await overwrite(engine, 120);
  expect(lines).toEqual([expect.stringMatching(/dynamodb\.jsonl is not shortened: .*EISDIR/)]);
  rmdirSync(path);
  await overwrite(engine, 60);
  await engine.stop();
  expect(lines).toHaveLength(1);
  expect(statSync(path).size).toBeLessThan(20 * 1024 * 1024);
  const after = await open(['tasks']);
  expect(await idsIn(after, 'tasks')).toHaveLength(2);
  await after.stop();
}, 60_000);

it('does not write to its journal after it has stopped', async () => {
  const path = join(dir, 'dynamodb.jsonl');
  const engine = await open(['tasks']);
  await overwrite(engine, 111);
  // The one that makes it long.
  const last = overwrite(engine, 1);
  await engine.stop();
  await last;
  const { size, ino } = statSync(path);
  expect(size).toBeGreaterThan(32 * 1024 * 1024);
  for (let turn = 0; turn < 1_000; turn += 1) await setImmediate();
  expect(statSync(path)).toMatchObject({ size, ino });
}, 60_000);
