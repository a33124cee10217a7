import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { ControlAnswer, ControlRequest } from '../../shared/core/control.ts';
import type { Task } from '../../shared/core/task.ts';
import { controlRequestOf } from '../../shared/wire/control.ts';
import { fieldsOf } from '../../shared/wire/row.ts';

/** The input of a call, with its names on the wire. */
export type Input = Readonly<Record<string, never>>;

/** The answers of a fake AWS: a function for each call. A call without one is refused as AWS refuses it. */
export type Answers = Readonly<Record<string, (input: Input) => unknown>>;

/** An error in AWS's shape. */
export const awsError = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name });

/** The item of a row as GetItem answers it. */
export const itemOf = (task: Task): object => ({
  Item: marshall(fieldsOf(task), { removeUndefinedValues: true }),
});

/** The function `control`, as an answer to Invoke. */
export const control = (answer: (asked: ControlRequest) => ControlAnswer): Answers => ({
  Invoke: (input) => {
    const asked = controlRequestOf(input);
    if ('reason' in asked) throw new Error(asked.reason);
    return answer(asked);
  },
});

/** A server that speaks the JSON protocols of DynamoDB, SSM, Logs and Lambda to real SDK clients. */
export const startFakeAws = async (
  answers: Answers,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  const server = createServer((request, response) => {
    void answer(request, response, answers);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  answers: Answers,
): Promise<void> => {
  const name = nameOf(request);
  const input: Input = JSON.parse((await text(request)) || '{}');
  try {
    const call = answers[name];
    if (!call) throw awsError('UnknownOperationException', `${name} is not faked`);
    response.end(JSON.stringify(call(input), (_key, value) => asWire(value)));
  } catch (error) {
    const { name: type, message } = error instanceof Error ? error : new Error(String(error));
    response.writeHead(400, { 'x-amzn-errortype': type });
    response.end(JSON.stringify({ __type: type, message, Message: message }));
  }
};

const nameOf = (request: IncomingMessage): string => {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? '';
  return request.url?.startsWith('/2015-03-31/functions/') ? 'Invoke' : '';
};

// DynamoDB's binary values travel as base64.
const asWire = (value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
