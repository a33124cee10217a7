import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Endpoint, openEndpoint, type Protocol } from '../../../local/endpoint/server.ts';

const echo: Protocol = {
  speaks: () => true,
  answer: async ({ body }) => ({ status: 200, headers: {}, body: body.toString() }),
};

let endpoint: Endpoint;
const protocols: Protocol[] = [];

beforeEach(async () => {
  protocols.splice(0);
  endpoint = await openEndpoint(0, protocols);
});

afterEach(() => endpoint.stop());

const call = (headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${endpoint.port}/`, { method: 'POST', body: 'hello', headers });

it('asks to try again while the stack is starting, in a way that SDKs do so by themselves', async () => {
  const early = await call();
  expect(early.status).toBe(503);
  expect(await early.text()).toContain('The local stack is starting');
  protocols.push(echo);
  expect(await (await call()).text()).toBe('hello');
});

it('refuses every call of a web page, whatever page it is', async () => {
  protocols.push(echo);
  for (const origin of ['http://evil.example', 'null', 'http://localhost:4566']) {
    const answer = await call({ origin });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain(origin);
  }
});
