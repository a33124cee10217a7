import { expect, test } from 'vitest';
import { masked } from '../../shared/core/masked.ts';

const one = (line: string): string => masked([line]).join('\n');

// No value here is one of anybody: each only has the form.
test.each([
  ['key AKIAIOSFODNN7EXAMPLE was refused', 'key *** was refused'],
  [
    'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'aws_secret_access_key = ***',
  ],
  ['AWS_SESSION_TOKEN=FwoGZXIvYXdzEXAMPLE== next', 'AWS_SESSION_TOKEN=*** next'],
  ['password=hunter2 user=ann', 'password=*** user=ann'],
  ['"password": "hun ter2", "user": "ann"', '"password": ***, "user": "ann"'],
  ["{'api_key': 'abc', 'n': 1}", "{'api_key': ***, 'n': 1}"],
  ['DB_PASSWORD: hunter2', 'DB_PASSWORD: ***'],
  ['tool --password hunter2 --verbose', 'tool --password *** --verbose'],
  ['Authorization: Bearer abc.def', 'Authorization: ***'],
  ['authorization: AWS4-HMAC-SHA256 Credential=A/b, Signature=c', 'authorization: ***'],
  ['sent Bearer 0123456789abcdef to it', 'sent Bearer *** to it'],
  ['Set-Cookie: session=1; HttpOnly', 'Set-Cookie: ***'],
  ['amqps://davit:s3cr3t@host:5671/', 'amqps://***@host:5671/'],
  ['https://token@host/path', 'https://***@host/path'],
  [
    'GET https://b.s3.amazonaws.com/in.mp4?X-Amz-Credential=AKIA%2F1&X-Amz-Date=2&X-Amz-Signature=3',
    'GET https://b.s3.amazonaws.com/in.mp4?X-Amz-Credential=***&X-Amz-Date=2&X-Amz-Signature=***',
  ],
  ['https://host/a?sig=abc&x=1', 'https://host/a?sig=***&x=1'],
  ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl back', 'got *** back'],
  ['remote: ghp_0123456789abcdef0123456789abcdef0123', 'remote: ***'],
])('hides what looks like a secret: %s', (line, shown) => {
  expect(one(line)).toBe(shown);
});

test.each([
  'frame 240 of 1000, speed 3x',
  'Error: no such codec: h266',
  'https://host/path?x=1 answered 404',
  'the tokens of 3 sentences were read',
  '   at main.mjs:12:7',
  'AKIA is only a part of a word',
])('leaves any other line as it is: %s', (line) => {
  expect(one(line)).toBe(line);
});

test('hides the lines of a private key, also of one that was cut', () => {
  const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
  const begin = '-----BEGIN PRIVATE KEY-----';
  const end = '-----END PRIVATE KEY-----';
  const hide = (...lines: readonly string[]) => masked(lines);
  expect(hide('a', begin, body, end, 'b')).toEqual(['a', '***', '***', '***', 'b']);
  expect(hide('a', begin, body)).toEqual(['a', '***', '***']);
  expect(hide(body, body, end, 'b')).toEqual(['***', '***', '***', 'b']);
  expect(hide('a', body, end, 'b', begin, body, end, 'c')).toEqual([
    'a',
    '***',
    '***',
    'b',
    '***',
    '***',
    '***',
    'c',
  ]);
});

test('takes time in proportion to the length of a line', () => {
  for (const part of ['password', 'a', '://', '"', 'eyJ', '-', 'token=']) {
    const line = part.repeat(Math.floor(2_000 / part.length));
    const since = performance.now();
    masked(Array.from({ length: 20 }, () => line));
    expect(performance.now() - since).toBeLessThan(1_000);
  }
});
