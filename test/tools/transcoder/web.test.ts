import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resultOf, serve, transcoderIn } from '../../kit/transcoder.ts';

const { at, start, urlOf } = transcoderIn('davit-transcoder-web-');
const output = urlOf('out.mp4');

test('takes its source from the web and puts its result there, with its length', async () => {
  const whole = readFileSync(at('in.mp4'));
  const got: { length?: string | undefined; bytes: number } = { bytes: 0 };
  using server = await serve(async (request, response) => {
    if (request.url === '/moved?secret=1') {
      response.writeHead(302, { location: '/in.mp4' }).end();
    } else if (request.method === 'GET') response.end(whole);
    else {
      got.length = request.headers['content-length'];
      for await (const chunk of request) got.bytes += chunk.length;
      response.end();
    }
  });
  const order = { input: `${server.url}/moved?secret=1`, output: `${server.url}/out.mp4?secret=2` };
  const ending = await start(order).ended;
  expect(resultOf(ending)).toMatchObject({ output: `${server.url}/out.mp4`, bytes: got.bytes });
  expect(got.length).toBe(String(got.bytes));
  expect(ending.stdout).not.toContain('secret');
});

test.each([
  [404, 66],
  [403, 77],
  [429, 75],
  [503, 75],
])('a source that answers HTTP %i ends with exit %i', async (status, code) => {
  using server = await serve((_request, response) => response.writeHead(status).end());
  const ending = await start({ input: `${server.url}/in.mp4`, output }).ended;
  expect(ending.stderr).toContain(`the answer is HTTP ${status}`);
  expect(ending.code).toBe(code);
});

test('a download that breaks off may be tried again', async () => {
  using server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '1000000' });
    response.write('some', () => response.destroy());
  });
  expect((await start({ input: `${server.url}/in.mp4`, output }).ended).code).toBe(75);
});

test('a server that is away may be back', async () => {
  const server = await serve(() => {});
  server[Symbol.dispose]();
  expect((await start({ input: `${server.url}/in.mp4`, output }).ended).code).toBe(75);
});

test('does not follow a redirect to where credentials are kept', async () => {
  using server = await serve((_request, response) => {
    response.writeHead(302, { location: 'http://169.254.170.2/v2/credentials' }).end();
  });
  const ending = await start({ input: `${server.url}/in.mp4`, output }).ended;
  expect(ending.stderr).toContain('leads to http://169.254.170.2/v2/credentials');
  expect(ending.code).toBe(64);
});
