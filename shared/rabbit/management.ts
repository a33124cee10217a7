import { present } from '../core/present.ts';
import { jsonOrText } from '../wire/json-of.ts';
import type { Login } from './dial.ts';

/** An answer of the management API: the status, and the JSON body; undefined for an empty body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Calls RabbitMQ's management HTTP API; `path` follows `/api/`. Rejects when there is no answer. */
export type Management = (
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: object,
) => Promise<Answer>;

// To declare a quorum queue, the broker waits for the election of its leader. On a broker that has just started, that takes seconds.
const callTimeoutMs = 15_000;

/** The management API at this address, for this user. */
export const managementOf = (
  url: string,
  { username, password }: Login,
  signal: AbortSignal,
): Management => {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return async (method, path, body) => {
    const response = await fetch(`${url.replace(/\/+$/, '')}/api/${path}`, {
      method,
      // A kept-alive connection delays the stop of a broker by seconds.
      headers: { authorization, 'content-type': 'application/json', connection: 'close' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)]),
      ...present({ body: body && JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : jsonOrText(text) };
  };
};
