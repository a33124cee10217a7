import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import dynalite from 'dynalite';
import type { WireAnswer } from '../endpoint/call.ts';
import { isObject, type JsonObject, list } from '../endpoint/input.ts';
import { type Journal, openJournal, readJournal } from '../journal.ts';

/** The table engine: takes a call of DynamoDB's JSON protocol and answers it. */
export type Engine = {
  readonly call: (action: string, body: Buffer) => Promise<WireAnswer>;
  /** Brings back what the tables held, once they are created; from then on every write is kept. */
  readonly restore: (tables: readonly string[]) => Promise<void>;
  /** Answers what is in flight, refuses what comes later with 503, and closes the journal. */
  readonly stop: () => Promise<void>;
};

/** dynalite wants a signature but does not check it. */
const headers = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
  'content-type': 'application/x-amz-json-1.0',
};

/**
 * Hands a call straight to dynalite's request listener. A second HTTP hop, to the port that dynalite opens
 * anyway, would cost as much again as the call itself.
 */
const callInside = (server: Server, action: string, body: Buffer): Promise<WireAnswer> =>
  new Promise((resolve) => {
    const request = Object.assign(new EventEmitter(), {
      method: 'POST',
      url: '/',
      headers: { ...headers, 'x-amz-target': `DynamoDB_20120810.${action}` },
    });
    const answered: Record<string, string> = {};
    const response = {
      statusCode: 200,
      setHeader: (name: string, value: unknown) => {
        answered[name.toLowerCase()] = String(value);
      },
      end: (text: string) => {
        resolve({ status: response.statusCode, headers: answered, body: text });
      },
    };
    server.emit('request', request, response);
    request.emit('data', body);
    request.emit('end');
  });

const closed: WireAnswer = {
  status: 503,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: '{"__type":"com.amazonaws.dynamodb.v20120810#ServiceUnavailable","message":"The tables are closing."}',
};

const writes: ReadonlySet<string> = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
]);

/** BatchWriteItem takes 25 items. */
const itemsPerBatch = 25;

const encoded = (body: object): Buffer => Buffer.from(JSON.stringify(body));

/**
 * Opens the tables in memory, with a journal of the writes that succeeded: told again in their order they lead
 * to the same items. dynalite's own files would cost a thread's wake-up for every read, several a call, and
 * what a busy machine has least is turns.
 */
export const openEngine = async (journalPath: string): Promise<Engine> => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // dynalite closes its store only when its server closes, and a server closes only when it listened.
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const inFlight = new Set<Promise<unknown>>();
  let closing = false;
  let journal: Journal | undefined;

  const scanned = async (table: string, from: unknown): Promise<JsonObject> => {
    const start = from === undefined ? {} : { ExclusiveStartKey: from };
    const answer = await callInside(server, 'Scan', encoded({ TableName: table, ...start }));
    const page: unknown = JSON.parse(answer.body);
    return isObject(page) ? page : {};
  };

  const itemsOf = async (table: string): Promise<readonly unknown[]> => {
    const items: unknown[] = [];
    let from: unknown;
    do {
      const page = await scanned(table, from);
      items.push(...list(page, 'Items'));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  };

  /** The tables as they are, in few entries. */
  const condensed = async (table: string): Promise<readonly object[]> => {
    const puts = (await itemsOf(table)).map((Item) => ({ PutRequest: { Item } }));
    const batches: object[] = [];
    for (let at = 0; at < puts.length; at += itemsPerBatch) {
      const batch = puts.slice(at, at + itemsPerBatch);
      batches.push({ action: 'BatchWriteItem', input: { RequestItems: { [table]: batch } } });
    }
    return batches;
  };

  const replay = async (entry: unknown): Promise<void> => {
    if (!isObject(entry) || !isObject(entry.input)) return;
    const told = await callInside(server, String(entry.action), encoded(entry.input));
    if (told.status !== 200) {
      throw new Error(
        `${journalPath} cannot be told again: ${told.body}; remove it to start empty.`,
      );
    }
  };

  const kept = async (action: string, body: Buffer): Promise<WireAnswer> => {
    const answer = await callInside(server, action, body);
    if (answer.status === 200 && writes.has(action)) {
      journal?.appendText(`{"action":"${action}","input":${body.toString('utf8')}}`);
    }
    return answer;
  };

  return {
    call: async (action, body) => {
      if (closing) return closed;
      const answering = kept(action, body);
      const over = answering.finally(() => inFlight.delete(over)).catch(() => undefined);
      inFlight.add(over);
      return answering;
    },
    restore: async (tables) => {
      for (const entry of readJournal(journalPath)) await replay(entry);
      const entries = await Promise.all(tables.map(condensed));
      journal = openJournal(journalPath, entries.flat());
    },
    stop: async () => {
      closing = true;
      // dynalite throws out of the event loop when its store closes under a read, and takes the whole stack along.
      await Promise.all(inFlight);
      journal?.close();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
};
