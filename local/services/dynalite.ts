import { EventEmitter, once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import dynalite from 'dynalite';
import type { WireAnswer } from '../endpoint/call.ts';

/** The table engine: takes a call of DynamoDB's JSON protocol and answers it. */
export type Engine = {
  readonly call: (action: string, body: Buffer) => Promise<WireAnswer>;
  /** Answers what is in flight, refuses what comes later with 503, and closes the files. */
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

/** Opens the tables that are kept in a folder. */
export const openEngine = async (dir: string): Promise<Engine> => {
  mkdirSync(dir, { recursive: true });
  const server = dynalite({ path: dir, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // dynalite closes its files only when its server closes, and a server closes only when it listened.
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const inFlight = new Set<Promise<unknown>>();
  let closing = false;
  return {
    call: async (action, body) => {
      if (closing) return closed;
      const answering = callInside(server, action, body);
      const over = answering.finally(() => inFlight.delete(over)).catch(() => undefined);
      inFlight.add(over);
      return answering;
    },
    stop: async () => {
      closing = true;
      // dynalite throws out of the event loop when its files close under a read, and takes the whole stack along.
      await Promise.all(inFlight);
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
};
