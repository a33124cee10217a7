import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isOfFullDisk } from '../machine/disk-trouble.ts';
import type { Caller, RequestHead, WireAnswer, WireRequest } from './call.ts';
import { type Checkpoint, claimOf } from './claim.ts';
import { AwsError } from './errors.ts';
import { errorAnswer } from './json-protocol.ts';
import { refuseWebPages } from './refuse-web-pages.ts';
import { type Route, routeOf, type Style } from './route.ts';
import { checkSignature } from './signature.ts';
import type { TaskKeys } from './task-keys.ts';
import { xmlError } from './xml.ts';

/** A protocol: whether it takes a request of its style, and the answer. */
export interface Protocol {
  readonly style: Style;
  readonly speaks: (request: WireRequest) => boolean;
  readonly answer: (request: WireRequest, caller: Caller) => Promise<WireAnswer>;
}

/** What the endpoint needs to check callers and to answer them. */
export interface EndpointParts extends Omit<Checkpoint, 'now'> {
  /** 0 chooses a free one. */
  readonly port: number;
  /** More may be added later: the port is opened before the services are. */
  readonly protocols: readonly Protocol[];
  readonly taskKeys?: Pick<TaskKeys, 'answer'>;
}

/** The listening endpoint; `stop` drops open connections. */
export interface Endpoint {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/**
 * Opens the HTTP address of all services. It accepts only signed requests. If the port is taken, the error says what to do.
 */
export const openEndpoint = async (parts: EndpointParts): Promise<Endpoint> => {
  const server = createServer((incoming, response) => {
    answerTo(incoming, parts).then(
      (answer) => send(response, answer),
      () => response.destroy(),
    );
  });
  // Longer than SDK clients keep an idle connection: they close first, so no request meets a closing one.
  server.keepAliveTimeout = 75_000;
  const actualPort = await listen(server, parts.port);
  return {
    port: actualPort,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const answerTo = async (incoming: IncomingMessage, parts: EndpointParts): Promise<WireAnswer> => {
  const head = headOf(incoming);
  const route = routeOf(head);
  try {
    return await answerOf(incoming, { head, route }, parts);
  } catch (cause) {
    if (isOfFullDisk(cause)) failLater(cause);
    return route.style === 'query' ? xmlError(cause) : errorAnswer(cause);
  }
};

/** Ends the stack, as a write that fails in a timer does: what it cannot keep, it must not answer. */
const failLater = (cause: unknown): void => {
  setImmediate(() => {
    throw cause;
  });
};

const headOf = ({ method = 'GET', url = '/', headers }: IncomingMessage): RequestHead => ({
  method,
  path: url,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  ),
});

/** The cheap checks come first: a body is read only for a known key, and no other caller learns whether the stack is ready. */
const answerOf = async (
  incoming: IncomingMessage,
  { head, route }: { readonly head: RequestHead; readonly route: Route },
  parts: EndpointParts,
): Promise<WireAnswer> => {
  refuseWebPages(head);
  const taskKey = parts.taskKeys?.answer(head);
  if (taskKey !== undefined) return taskKey;
  const claim = claimOf(head, route, { ...parts, now: Date.now() });
  const request = { ...head, body: await read(incoming) };
  await checkSignature(request, claim, { style: route.style, keysFile: parts.keysFile });
  if (route.service === undefined && route.style === 'rest') throw unknownPath(head);
  if (parts.protocols.length === 0) throw starting();
  const protocol = parts.protocols.find((one) => one.style === route.style && one.speaks(request));
  if (protocol === undefined) throw unknownPath(head);
  const { accessKeyId, principal } = claim.credential;
  return protocol.answer(request, { accessKeyId, principal });
};

/** Lambda takes 6 MB, DynamoDB 16 MB: nothing larger is read into memory. */
const maxBodyBytes = 17 * 1024 * 1024;

const read = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > maxBodyBytes) {
      throw new AwsError('RequestEntityTooLargeException', 'The body is over 17 MB.', {
        status: 413,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const unknownPath = ({ method, path }: RequestHead): AwsError =>
  new AwsError(
    'UnknownOperationException',
    `${method} ${path} is not part of the local AWS, which takes Lambda's Invoke, GetFunction, GetFunctionConfiguration and ListFunctions by REST, and all other actions by POST.`,
    { status: 404 },
  );

const starting = (): AwsError =>
  new AwsError('ServiceUnavailable', 'The local stack is starting: try again in a moment.', {
    status: 503,
  });

const send = (response: ServerResponse, answer: WireAnswer): void => {
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': String(Buffer.byteLength(answer.body)),
  });
  response.end(answer.body);
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${port} is taken: stop the program that listens there, or choose another with DAVIT_PORT=${port + 1}.`,
            )
          : error,
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
