import { present } from '../core/present.ts';
import { jsonOrText } from '../wire/json-of.ts';
import type { Login } from './dial.ts';

/** What the management API answered: a status and the JSON body, undefined where there was none. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One call of RabbitMQ's management HTTP API; the path is what follows `/api/`. Rejects when nothing answered. */
export type Management = (
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: object,
) => Promise<Answer>;

// A declaration of a quorum queue waits for its leader's election; on a broker that starts, that takes seconds.
const callTimeoutMs = 15_000;

/** The management API at this address, as this user. */
export const managementOf = (
  url: string,
  { username, password }: Login,
  signal: AbortSignal,
): Management => {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return async (method, path, body) => {
    const response = await fetch(`${url.replace(/\/+$/, '')}/api/${path}`, {
      method,
      // A connection that is kept alive keeps a stopping broker from stopping, for seconds.
      headers: { authorization, 'content-type': 'application/json', connection: 'close' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)]),
      ...present({ body: body && JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : jsonOrText(text) };
  };
};
