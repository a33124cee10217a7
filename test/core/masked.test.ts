import { expect, test } from 'vitest';
import { masked } from '../../shared/core/masked.ts';

const one = (line: string): string => masked([line]).join('\n');

const esc = String.fromCharCode(27);

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
  [
    String.raw`in "{\"token\":\"s3cr3t\",\"user\":\"ann\"}"`,
    String.raw`in "{\"token\":***,\"user\":\"ann\"}"`,
  ],
  [String.raw`{\"token\": \"a\\\"b c\", \"n\": 1}`, String.raw`{\"token\": ***, \"n\": 1}`],
  [String.raw`{\\\"token\\\":\\\"s3cr3t\\\"}`, String.raw`{\\\"token\\\":***}`],
  [String.raw`{\"Authorization\":\"Digest abc\"}`, String.raw`{\"Authorization\":***`],
  [String.raw`"password": "hun\"ter 2", "n": 1`, '"password": ***, "n": 1'],
  ['[password] => hunter2', '[password] => ***'],
  ["['password'] => 'hun ter2', x", "['password'] => ***, x"],
  ["password => 'x y'", 'password => ***'],
  [':password=>"x y", :n=>1', ':password=>***, :n=>1'],
  ['password := hunter2', 'password := ***'],
  ["{'password': b'x', 'n': 1}", "{'password': ***, 'n': 1}"],
  ['password=ab,cd next', 'password=*** next'],
  ['password=ab,user=ann', 'password=***,user=ann'],
  ["password=ab'cd;ef", 'password=***'],
  ['{password=ab, user=ann}', '{password=***, user=ann}'],
  ['DB_PASS=hunter2', 'DB_PASS=***'],
  ['smtp.pass: hunter2', 'smtp.pass: ***'],
  [
    'AccountName=a;AccountKey=ab+c/d==;EndpointSuffix=e',
    'AccountName=a;AccountKey=***;EndpointSuffix=e',
  ],
  ['tool --db-password hunter2 -v', 'tool --db-password *** -v'],
  ['postgres://u:pa/ss@h/db', 'postgres://***@h/db'],
  ['mysql://root:hun@ter2@h', 'mysql://***@h'],
  ['redis://:1234/5@h', 'redis://***@h'],
  ['token sk-proj-0123456789-abcdef_XYZ was refused', 'token *** was refused'],
  [`${esc}[36mpassword${esc}[0m: ${esc}[1;32mhunter2${esc}[0m`, 'password: ***'],
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
  'GET http://host:8080/@scope/package@1.0.0',
  'https://host/@user answered, https://host?mail=a@b',
  '--- PASS: one test',
  'pass: 2 of 2',
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
  expect(hide(`KEY_SECRET="${begin}`, body, `${end}"`, 'b')).toEqual(['***', '***', '***', 'b']);
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

test.each([
  'password',
  'token_',
  'token=',
  'token=a,',
  'token ',
  String.raw`token\"`,
  'a',
  'a.',
  '://',
  'a://a:',
  'a://a@',
  '"',
  'eyJ-',
  'sk-',
  '-',
  '--a',
  'bearer ',
  '\\',
  `${esc}[`,
  `${esc}]`,
  '-----BEGIN ',
])('takes time in proportion to the length of a line: %j', (part) => {
  const line = part.repeat(Math.floor(100_000 / part.length));
  const since = performance.now();
  masked([line, `token=${line}`, `"token": "${line}`, `token${' '.repeat(100_000)}`]);
  // A pattern that reads the rest of the line at each place takes many seconds.
  expect(performance.now() - since).toBeLessThan(2_000);
});
