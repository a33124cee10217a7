import { createHash, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import type { RequestHead, WireRequest } from '../../../local/endpoint/call.ts';
import { claimOf } from '../../../local/endpoint/claim.ts';
import { AwsError } from '../../../local/endpoint/errors.ts';
import { routeOf } from '../../../local/endpoint/route.ts';
import { checkSignature } from '../../../local/endpoint/signature.ts';
import { ownOf } from '../../../models/own.ts';
import { withOperator } from '../../kit/operator.ts';
import { type SigningKey, signed, type ToSign } from '../../kit/signed.ts';

const { credentials, key } = withOperator();
const now = Date.UTC(2026, 10, 29, 12);
const region = 'eu-central-1';
const keysFile = '.davit/local.json';

const listTables: ToSign = {
  url: 'http://127.0.0.1:4566/',
  service: 'dynamodb',
  headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
  body: '{}',
  at: new Date(now),
};

type Change = (head: RequestHead) => RequestHead;

/** What a request that is signed and then changed comes to. */
const outcomeOf = async (
  request: ToSign,
  { by = key, change = (head) => head }: { by?: SigningKey; change?: Change } = {},
): Promise<string> => {
  const { url, method, headers, body = '' } = await signed(by, request);
  const path = url.slice(new URL(url).origin.length);
  const head = change({ method, path, headers });
  const wire: WireRequest = { ...head, body: Buffer.from(body) };
  const route = routeOf(head);
  try {
    const claim = claimOf(head, route, { credentials, region, keysFile, now });
    await checkSignature(wire, claim, { style: route.style, keysFile });
    return claim.credential.principal.kind;
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    return `${cause.status} ${cause.code}: ${cause.message}`;
  }
};

const withHeader =
  (name: string, value: (before: string) => string | undefined): Change =>
  (head) => ({ ...head, headers: { ...head.headers, [name]: value(head.headers[name] ?? '') } });

const authorization = (change: (before: string) => string | undefined): Change =>
  withHeader('authorization', change);

it.each<readonly [string, ToSign]>([
  ['a target', listTables],
  [
    'a query that is out of order, with names twice and signs',
    { ...listTables, url: `${listTables.url}?b=2&a=%20%C3%BC%2F&b=1&c` },
  ],
  [
    'an ARN in a path',
    {
      ...listTables,
      service: 'lambda',
      headers: {},
      url: `${listTables.url}2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Af/invocations`,
    },
  ],
  [
    'no body',
    {
      url: `${listTables.url}2015-03-31/functions?MaxItems=1`,
      method: 'GET',
      service: 'lambda',
      at: new Date(now),
    },
  ],
  [
    'headers with spaces',
    { ...listTables, headers: { ...listTables.headers, 'x-amz-meta': '  a   b ' } },
  ],
  ['four minutes ago', { ...listTables, at: new Date(now - 240_000) }],
])('takes a request with %s', async (_, request) => {
  expect(await outcomeOf(request)).toBe('operator');
});

/** Signs again by hand with more headers (IAM guide, create a signed request), which the SDK's signer leaves out or not. */
const alsoSigning =
  (more: Readonly<Record<string, string>>): Change =>
  (head) => {
    const all = { ...head.headers, ...more };
    const before = all.authorization ?? '';
    const [, scope = '', list = ''] =
      /Credential=[^/]+\/(\S+), SignedHeaders=(\S+),/.exec(before) ?? [];
    const names = [...new Set([...list.split(';'), ...Object.keys(more)])].sort();
    const lines = names.map((name) => `${name}:${ownOf(all, name)}\n`).join('');
    const hash = all['x-amz-content-sha256'];
    const canonical = `${head.method}\n/\n\n${lines}\n${names.join(';')}\n${hash}`;
    const digest = createHash('sha256').update(canonical).digest('hex');
    const hmac = (by: string | Buffer, text: string) =>
      createHmac('sha256', by).update(text).digest();
    const dayKey = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${key.secretAccessKey}`);
    const toSign = `AWS4-HMAC-SHA256\n${all['x-amz-date']}\n${scope}\n${digest}`;
    const authorization = before.replace(
      /SignedHeaders=.*/,
      `SignedHeaders=${names.join(';')}, Signature=${hmac(dayKey, toSign).toString('hex')}`,
    );
    return { ...head, headers: { ...all, authorization } };
  };

it.each<readonly [string, Readonly<Record<string, string>>]>([
  ['no more', {}],
  ['its date', { date: 'Sun, 29 Nov 2026 12:00:00 GMT' }],
  ['its program and its connection', { 'user-agent': 'curl/8', connection: 'close', te: 'x' }],
  ['what proxies and browsers add', { 'proxy-a': '1', 'sec-b': '2', 'x-amzn-trace-id': 'r' }],
])('takes a request that signs %s', async (_, more) => {
  expect(await outcomeOf(listTables, { change: alsoSigning(more) })).toBe('operator');
});

it('refuses a date that differs from the signed one', async () => {
  const sign = alsoSigning({ date: 'Sun, 29 Nov 2026 12:00:00 GMT' });
  const change: Change = (head) => withHeader('date', () => 'x')(sign(head));
  expect(await outcomeOf(listTables, { change })).toMatch(/^400 InvalidSignatureException/);
});

it('accepts a key of a role only with its token', async () => {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue({ kind: 'task' });
  const by = { accessKeyId, secretAccessKey };
  expect(await outcomeOf(listTables, { by: { ...by, sessionToken } })).toBe('task');
  const unknown =
    /^400 UnrecognizedClientException: The security token included in the request is invalid\. .*local\.json/;
  expect(await outcomeOf(listTables, { by })).toMatch(unknown);
  expect(await outcomeOf(listTables, { by: { ...by, sessionToken: 'x' } })).toMatch(unknown);
  expect(await outcomeOf(listTables, { by: { ...key, sessionToken } })).toMatch(
    /^400 UnrecognizedClientException: .*unset AWS_SESSION_TOKEN/,
  );
  credentials.forget(accessKeyId);
  expect(await outcomeOf(listTables, { by: { ...by, sessionToken } })).toMatch(unknown);
});

it.each<readonly [string, Change, RegExp]>([
  ['no authorization', authorization(() => undefined), /^400 MissingAuthenticationTokenException/],
  [
    'another scheme',
    authorization(() => 'Bearer x'),
    /^400 IncompleteSignatureException: Unsupported AWS 'algorithm': 'Bearer'/,
  ],
  [
    'no signature',
    authorization((h) => h.replace(/, Signature.*/, '')),
    /^400 IncompleteSignatureException: .*'Signature' parameter/,
  ],
  [
    'a short scope',
    authorization((h) => h.replace('/dynamodb/', '/')),
    /^400 IncompleteSignatureException: Credential must have/,
  ],
  [
    'no key',
    authorization((h) => h.replace(/Credential=\w+/, 'Credential=')),
    /^400 UnrecognizedClientException/,
  ],
  [
    'a key like a member of every object',
    authorization((h) => h.replace(/Credential=\w+/, 'Credential=__proto__')),
    /^400 UnrecognizedClientException/,
  ],
  [
    'another region',
    authorization((h) => h.replace('eu-central-1', 'us-east-1')),
    /^400 InvalidSignatureException: Credential should be scoped to a valid region, not 'us-east-1'/,
  ],
  [
    'another service',
    authorization((h) => h.replace('/dynamodb/', '/ecs/')),
    /^400 InvalidSignatureException: Credential should be scoped to correct service: 'dynamodb'/,
  ],
  [
    'another day in the scope',
    authorization((h) => h.replace('/20261129/', '/20261128/')),
    /^400 InvalidSignatureException: Date in Credential scope/,
  ],
  [
    'a header that is a member of every object',
    authorization((h) => h.replace('host;', 'constructor;host;')),
    /^400 InvalidSignatureException/,
  ],
  [
    'an unsigned host',
    authorization((h) => h.replace('host;', '')),
    /^400 InvalidSignatureException: 'Host'/,
  ],
  [
    'an unsigned target',
    authorization((h) => h.replace(';x-amz-target', '')),
    /^400 InvalidSignatureException: .*not signed: x-amz-target/,
  ],
  [
    'one more x-amz header',
    withHeader('x-amz-invocation-type', () => 'Event'),
    /^400 InvalidSignatureException: .*not signed: x-amz-invocation-type/,
  ],
  [
    'no date',
    withHeader('x-amz-date', () => undefined),
    /^400 IncompleteSignatureException: .*none came/,
  ],
  [
    'a date that is none',
    withHeader('x-amz-date', () => '20261399T990000Z'),
    /^400 IncompleteSignatureException: .*'20261399T990000Z' came/,
  ],
  [
    'an empty signature',
    authorization((h) => h.replace(/Signature=\w+/, 'Signature=0')),
    /^400 InvalidSignatureException: The request signature we calculated/,
  ],
  [
    'a changed signature',
    authorization((h) => h.replace(/.$/, (c) => (c === '0' ? '1' : '0'))),
    /^400 InvalidSignatureException: The request signature we calculated/,
  ],
  ['another host', withHeader('host', () => 'localhost:4566'), /^400 InvalidSignatureException/],
  [
    'another target',
    withHeader('x-amz-target', () => 'DynamoDB_20120810.Scan'),
    /^400 InvalidSignatureException/,
  ],
  [
    'another query',
    (head) => ({ ...head, path: `${head.path}?a=b` }),
    /^400 InvalidSignatureException/,
  ],
  [
    'a hash of another body',
    withHeader('x-amz-content-sha256', (h) => h.replace(/^../, '00')),
    /^400 InvalidSignatureException/,
  ],
])('refuses a request with %s', async (_, change, refusal) => {
  expect(await outcomeOf(listTables, { change })).toMatch(refusal);
});

it.each([
  [-301, /Signature expired: 20261129T115459Z is now earlier than 20261129T115500Z/],
  [301, /Signature not yet current: 20261129T120501Z is still later than 20261129T120500Z/],
])('refuses what was signed %d seconds from now', async (seconds, says) => {
  const at = new Date(now + seconds * 1_000);
  expect(await outcomeOf({ ...listTables, at })).toMatch(says);
});

it('refuses a body that its sender declares unsigned, even if the signature is correct', async () => {
  const headers = { ...listTables.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  expect(await outcomeOf({ ...listTables, headers })).toMatch(/^400 InvalidSignatureException/);
});

it('refuses REST and forms with their own codes', async () => {
  const change = authorization((h) => h.replace(/Credential=\w+/, 'Credential=AKIAX'));
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const sts = { ...listTables, service: 'sts', headers: form };
  expect(await outcomeOf(sts, { change })).toMatch(/^403 InvalidClientTokenId: /);
  const lambda = {
    ...listTables,
    service: 'lambda',
    headers: {},
    url: `${listTables.url}2015-03-31/functions/f/invocations`,
  };
  expect(await outcomeOf(lambda, { change })).toMatch(/^403 UnrecognizedClientException: /);
});
