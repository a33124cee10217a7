import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Caller, callerOf, type WireAnswer, type WireRequest } from './call.ts';
import { AwsError } from './errors.ts';
import { errorAnswer } from './json-protocol.ts';

/** One way of speaking to AWS: whether a request is in it, and the answer. */
export type Protocol = {
  readonly speaks: (request: WireRequest) => boolean;
  readonly answer: (request: WireRequest, caller: Caller) => Promise<WireAnswer>;
};

/** The listening endpoint; `stop` drops open connections. */
export type Endpoint = { readonly port: number; readonly stop: () => Promise<void> };

/** Lambda takes 6 MB, DynamoDB 16 MB: nothing larger is read into memory. */
const maxBodyBytes = 17 * 1024 * 1024;

const read = async (incoming: IncomingMessage): Promise<WireRequest> => {
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
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers,
    body: Buffer.concat(chunks),
  };
};

const refuse = ({ headers }: IncomingMessage, protocols: readonly Protocol[]): void => {
  // Browsers name the page; no SDK does. What may start programs here is nothing for the pages that somebody looks at.
  if (headers.origin !== undefined) {
    throw new AwsError(
      'AccessDeniedException',
      `The local AWS takes no calls of web pages, and this one comes from ${headers.origin}.`,
      { status: 403 },
    );
  }
  if (protocols.length === 0) {
    throw new AwsError(
      'ServiceUnavailable',
      'The local stack is starting: try again in a moment.',
      {
        status: 503,
      },
    );
  }
};

const answerTo = async (
  incoming: IncomingMessage,
  protocols: readonly Protocol[],
): Promise<WireAnswer> => {
  try {
    refuse(incoming, protocols);
    const request = await read(incoming);
    const protocol = protocols.find((one) => one.speaks(request));
    if (protocol === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `${request.method} ${request.path} is not part of the local AWS, which knows by REST Lambda's Invoke, GetFunction, GetFunctionConfiguration and ListFunctions.`,
        { status: 404 },
      );
    }
    return await protocol.answer(request, callerOf(request));
  } catch (cause) {
    return errorAnswer(cause);
  }
};

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

/**
 * Opens the one HTTP address for all services; port 0 takes a free one. A taken port is one sentence with the way
 * out. Protocols may be added to the list later: the address is claimed before there is anything to say.
 */
export const openEndpoint = async (
  port: number,
  protocols: readonly Protocol[],
): Promise<Endpoint> => {
  const server = createServer((incoming, response) => {
    answerTo(incoming, protocols).then(
      (answer) => send(response, answer),
      () => response.destroy(),
    );
  });
  // Longer than SDK clients keep an idle connection: they close first, so no request meets a closing one.
  server.keepAliveTimeout = 75_000;
  const actualPort = await listen(server, port);
  return {
    port: actualPort,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
