import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import dynalite from 'dynalite';
import type { WireAnswer } from '../endpoint/call.ts';
import { type Journal, openJournal } from '../machine/journal.ts';
import { entriesOf, replay, type TableCall } from './table-entries.ts';

/** The table engine: it answers calls of DynamoDB's JSON protocol. */
export interface Engine {
  readonly call: (action: string, body: Buffer) => Promise<WireAnswer>;
  /** Restores the items of the tables after they were created. From then on every write is kept. */
  readonly restore: (tables: readonly string[]) => Promise<void>;
  /** Answers the calls in flight, refuses later ones with 503, and closes the journal. */
  readonly stop: () => Promise<void>;
}

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

/**
 * Opens the tables in memory, with a journal of the writes that succeeded. Applied again in their order, they lead to the same
 * items. A write that the journal does not take rejects, and every later call is refused. dynalite's own files would wake up a thread for each read, several times a call, which is slow on a busy machine.
 */
export const openEngine = (journalPath: string, log: (line: string) => void = () => {}): Engine => {
  // It never listens: its port would be open to every program and web page of this machine.
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const inFlight = new Set<Promise<unknown>>();
  let closing = false;
  /** A write that the journal did not take, as on a full disk, is in memory all the same. What builds on it could not be applied again. */
  let isBroken = false;
  let journal: Journal | undefined;
  let tables: readonly string[] = [];
  let beginning: Promise<void> | undefined;

  const inside: TableCall = (action, input) => callInside(server, action, encoded(input));

  const begin = async (): Promise<void> => {
    const next = openJournal(journalPath, await entriesOf(inside, tables));
    journal?.close();
    journal = next;
  };

  /** Runs while no call is in flight and none is taken: the new journal must hold every item. */
  const shortenJournal = async (): Promise<void> => {
    await Promise.all(inFlight);
    await begin().catch((cause: unknown) => {
      journal?.stayLong();
      log(`${journalPath} is not shortened: ${cause}`);
    });
    beginning = undefined;
  };

  const kept = async (action: string, body: Buffer): Promise<WireAnswer> => {
    const answer = await callInside(server, action, body);
    if (isBroken) return closed;
    if (answer.status === 200 && writes.has(action)) {
      isBroken = true;
      journal?.appendText(`{"action":"${action}","input":${body.toString('utf8')}}`);
      isBroken = false;
      // While the engine closes, no call waits for a shorter journal.
      if (!closing && journal?.isLong()) beginning ??= shortenJournal();
    }
    return answer;
  };

  return {
    call: async (action, body) => {
      while (beginning !== undefined) await beginning;
      if (closing || isBroken) return closed;
      const answering = kept(action, body);
      const over = answering.finally(() => inFlight.delete(over)).catch(() => undefined);
      inFlight.add(over);
      return answering;
    },
    restore: async (names) => {
      tables = names;
      await replay(journalPath, names, { call: inside, log });
      await begin();
    },
    stop: async () => {
      closing = true;
      await beginning;
      await Promise.all(inFlight);
      journal?.close();
    },
  };
};

/** A call's input as the engine takes it. */
export const encoded = (input: object): Buffer => Buffer.from(JSON.stringify(input));

/** dynalite needs a signature, but does not check it. */
const headers = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
  'content-type': 'application/x-amz-json-1.0',
};

/**
 * Gives a call directly to dynalite's request listener. A second HTTP hop would cost as much as the call itself, and open a port
 * that other programs could find.
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
