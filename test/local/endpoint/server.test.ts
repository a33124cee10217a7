import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Endpoint, openEndpoint, type Protocol } from '../../../local/endpoint/server.ts';
import { withOperator } from '../../kit/operator.ts';
import { signed } from '../../kit/signed.ts';

const echo: Protocol = {
  style: 'json',
  speaks: () => true,
  answer: async ({ body }) => ({ status: 200, headers: {}, body: body.toString() }),
};

let endpoint: Endpoint;
const protocols: Protocol[] = [];
const { credentials, key } = withOperator();

beforeEach(async () => {
  protocols.splice(0);
  endpoint = await openEndpoint({
    port: 0,
    protocols,
    credentials,
    region: 'eu-central-1',
    keysFile: '/elsewhere/local.json',
  });
});

afterEach(() => endpoint.stop());

const url = () => `http://127.0.0.1:${endpoint.port}/`;

const call = async (more: Readonly<Record<string, string>> = {}): Promise<Response> => {
  const headers = { 'x-amz-target': 'AmazonSSM.GetParameter' };
  const one = await signed(key, { url: url(), service: 'ssm', headers, body: 'hello' });
  return fetch(one.url, { ...one, headers: { ...one.headers, ...more } });
};

it('asks to try again while the stack is starting, so that SDKs do it by themselves', async () => {
  const early = await call();
  expect(early.status).toBe(503);
  expect(await early.text()).toContain('The local stack is starting');
  protocols.push(echo);
  expect(await (await call()).text()).toBe('hello');
});

it('does not say that it is starting to any other caller', async () => {
  const early = await fetch(url(), { method: 'POST', body: 'hello' });
  expect(early.status).toBe(403);
  expect(await early.text()).not.toContain('starting');
});

it('refuses every call of a web page, whatever page it is', async () => {
  protocols.push(echo);
  for (const origin of ['http://evil.example', 'null', 'http://localhost:4566']) {
    const answer = await call({ origin });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain(origin);
  }
});

it('names the file of this stack where a key is missing, unknown or wrong', async () => {
  const unsigned = fetch(url(), { method: 'POST', body: 'hello' });
  const headers = { 'x-amz-target': 'AmazonSSM.GetParameter' };
  const as = async (other: object): Promise<Response> => {
    const toSign = { url: url(), service: 'ssm', headers, body: 'hello' };
    const one = await signed({ ...key, ...other }, toSign);
    return await fetch(one.url, one);
  };
  const answers = [unsigned, as({ accessKeyId: 'AKIAOTHER' }), as({ secretAccessKey: 'x' })];
  for (const answer of await Promise.all(answers)) {
    expect(await answer.text()).toContain(' is in /elsewhere/local.json (accessKeyId');
  }
});
