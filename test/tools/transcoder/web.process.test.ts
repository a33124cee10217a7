import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { expect, test } from 'vitest';
import { download } from '../../../tools/transcoder/web.mjs';
import { certificateForLocalhost } from '../../kit/certificate.ts';
import { listening, resultOf, serve, transcoderIn } from '../../kit/transcoder.ts';

const { at, leftovers, start, urlOf } = transcoderIn('davit-transcoder-web-');
const output = urlOf('out.mp4');

const certificate = certificateForLocalhost();
const trusting = { NODE_EXTRA_CA_CERTS: at('localhost.pem') };
writeFileSync(trusting.NODE_EXTRA_CA_CERTS, certificate.cert);
const serveTls = (listener: RequestListener) =>
  listening(createServer(certificate, listener), 'https://localhost');

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

test('a download that is interrupted may be tried again', async () => {
  using server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '1000000' });
    response.write('some', () => response.destroy());
  });
  expect((await start({ input: `${server.url}/in.mp4`, output }).ended).code).toBe(75);
});

test('a server that is down may be tried again', async () => {
  const server = await serve(() => {});
  server[Symbol.dispose]();
  expect((await start({ input: `${server.url}/in.mp4`, output }).ended).code).toBe(75);
});

test('https: works with servers whose certificate it trusts', async () => {
  const got: Buffer[] = [];
  using server = await serveTls(async (request, response) => {
    if (request.url === '/moved') return response.writeHead(301, { location: '/in.mp4' }).end();
    if (request.method === 'GET') return response.end(readFileSync(at('in.mp4')));
    for await (const chunk of request) got.push(chunk);
    return response.end();
  });
  const order = { input: `${server.url}/moved`, output: `${server.url}/out.mp4` };
  const { bytes } = resultOf(await start(order, trusting).ended) as { bytes: number };
  expect(Buffer.concat(got)).toHaveLength(bytes);
  const ending = await start(order).ended;
  expect(ending.stderr).toContain('self-signed certificate');
  expect(ending.code).toBe(75);
});

test.each([
  [
    'the address of credentials',
    'http://169.254.170.2/v2/credentials',
    /redirects to http:\/\/169\./,
  ],
  [
    'a file',
    'file:///etc/passwd',
    /redirects to file:\/\/\/etc\/passwd, which must be an https: URL/,
  ],
  [
    'a URL with a password',
    'https://user:secret@localhost/',
    /redirects to https:\/\/localhost\/,/,
  ],
  ['a text that is not a URL', 'http://', /redirects to a text that is not a URL/],
])('does not follow a redirect to %s', async (_where, location, sentence) => {
  using server = await serve((_request, response) => response.writeHead(302, { location }).end());
  const ending = await start({ input: `${server.url}/in.mp4`, output }).ended;
  expect(ending.stderr).toMatch(sentence);
  expect(ending.stderr).not.toContain('secret');
  expect(ending.code).toBe(64);
});

test('does not follow a redirect from https: to this machine', async () => {
  let requests = 0;
  using here = await serve((_request, response) => {
    requests += 1;
    response.end();
  });
  using server = await serveTls((_request, response) =>
    response.writeHead(302, { location: here.url }).end(),
  );
  const ending = await start({ input: `${server.url}/in.mp4`, output }, trusting).ended;
  expect(ending.stderr).toContain(`redirects to ${here.url}/, which must be an https: URL`);
  expect(ending.code).toBe(64);
  expect(requests).toBe(0);
});

test('a redirect in a circle is not a source', async () => {
  using server = await serve((request, response) =>
    response.writeHead(302, { location: request.url }).end(),
  );
  const ending = await start({ input: `${server.url}/in.mp4`, output }).ended;
  expect(ending.stderr).toContain('redirects more than 5 times');
  expect(ending.code).toBe(66);
});

test.each([
  [307, 64],
  [403, 77],
  [404, 64],
  [413, 64],
  [503, 75],
])('a PUT that answers HTTP %i ends with exit %i', async (status, code) => {
  using server = await serve((request, response) => {
    request.resume().once('end', () => response.writeHead(status, { location: '/b' }).end());
  });
  const ending = await start({ input: urlOf('in.mp4'), output: `${server.url}/out.mp4?secret` })
    .ended;
  expect(ending.stderr).toContain(
    `${server.url}/out.mp4 must take the result, but the answer is HTTP ${status}\n`,
  );
  expect(ending.code).toBe(code);
  expect(leftovers()).toEqual([]);
});

test('SIGTERM ends a download, and nothing of it is left behind', async () => {
  const asked = Promise.withResolvers<void>();
  using server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '1000000' });
    response.write('some', () => asked.resolve());
  });
  const running = start({ input: `${server.url}/in.mp4`, output });
  await asked.promise;
  running.child.kill('SIGTERM');
  const ending = await running.ended;
  expect(ending.stderr).toBe('transcoder: ended by SIGTERM, nothing is left behind\n');
  expect(ending.code).toBe(143);
  expect(leftovers()).toEqual([]);
});

// Linux has a file that is always full; other systems have nothing like it.
test.runIf(existsSync('/dev/full'))(
  'a disk that a download fills is reported as full',
  async () => {
    using server = await serve((_request, response) => response.end('a film'));
    const url = new URL(server.url);
    await expect(download(url, '/dev/full', AbortSignal.timeout(20_000))).rejects.toMatchObject({
      code: 75,
      message: expect.stringMatching(/^\/dev\/full cannot be written: ENOSPC/),
    });
  },
);
