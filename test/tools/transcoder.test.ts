import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { livingOf } from '../../local/living.ts';
import { progressReader } from '../../tools/transcoder/encode.mjs';
import { programOf } from '../../tools/transcoder/programs.mjs';
import { type Ending, resultText, startProgram } from '../kit/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'davit-transcoder-test-'));
const main = join(import.meta.dirname, '../../tools/transcoder/main.mjs');
const at = (name: string): string => join(folder, name);
const urlOf = (name: string): string => pathToFileURL(at(name)).href;

beforeAll(() => {
  const made = spawnSync(programOf('ffmpeg'), [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=3'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:duration=3', '-shortest'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
    ...['-movflags', '+faststart', at('in.mp4')],
  ]);
  expect(made.status, String(made.stderr)).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

const start = (input: unknown, env: Readonly<Record<string, string>> = {}, release = '1.1.0') =>
  startProgram([main, '--release', release], {
    DAVIT_TASK_ID: 'task-1',
    DAVIT_RUN: '2',
    DAVIT_INPUT: typeof input === 'string' ? input : JSON.stringify(input),
    TMPDIR: folder,
    ...env,
  });

const resultOf = (ending: Ending): unknown => {
  expect(ending.code, ending.stderr).toBe(0);
  return JSON.parse(resultText(ending) ?? 'null');
};

/** What only an unfinished run has: files of its run, and its temporary folder. */
const leftovers = (): readonly string[] =>
  readdirSync(folder).filter((name) => /davit-task-1|davit-transcoder-/.test(name));

const serve = async (listener: RequestListener) => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

test('transcodes a file, tells its progress, and says what ffprobe found in the result', async () => {
  const ending = await start({ input: urlOf('in.mp4'), output: urlOf('a.mp4'), height: 90 }).ended;
  expect(resultOf(ending)).toMatchObject({
    version: '1.1.0',
    output: urlOf('a.mp4'),
    bytes: readFileSync(at('a.mp4')).length,
    codec: 'h264',
    width: 160,
    height: 90,
    audioCodec: 'aac',
    durationS: expect.closeTo(3, 0),
  });
  expect(ending.stdout).toMatch(/^progress \d+ %, speed .+x$/m);
  expect(ending.stdout).toContain('\nprogress 100 %\n');
  expect(leftovers()).toEqual([]);
});

test.each([
  ['1.0.0', false],
  ['1.1.0', true],
])('release %s puts the index in front: %s', async (release, inFront) => {
  const order = { input: urlOf('in.mp4'), output: urlOf('index.mp4'), audioKbps: 0 };
  const result = resultOf(await start(order, {}, release).ended);
  expect(result).toMatchObject({ version: release, indexInFront: inFront, audioCodec: null });
  const bytes = readFileSync(at('index.mp4'));
  expect(bytes.indexOf('moov') < bytes.indexOf('mdat')).toBe(inFront);
});

test('is a plain command for a person too', async () => {
  const ending = await startProgram([main, at('in.mp4'), at('hand.webm'), '--height', '90']).ended;
  expect(resultOf(ending)).toMatchObject({ codec: 'vp9', height: 90, audioCodec: 'opus' });
});

const input = urlOf('in.mp4');
const output = urlOf('refused.mp4');
test.each([
  ['no JSON', 65, '{"input":', /must be a JSON object, but is no JSON/],
  ['a list', 65, [], /must be a JSON object, but is \[\]/],
  ['no input', 64, { output }, /input must be a file: or https: URL, but is missing/],
  ['s3', 64, { input: 's3://a/b.mp4', output }, /for S3 give a presigned https: URL/],
  [
    'plain http',
    64,
    { input: 'http://example.com/a.mp4', output },
    /must be a file: or https: URL/,
  ],
  ['no URL', 64, { input: 'in.mp4', output }, /but is "in\.mp4"/],
  ['an extension', 64, { input, output: urlOf('a.avi') }, /output must end in \.mp4/],
  ['a codec', 64, { input, output, codec: 'av1' }, /codec must be one of h264, hevc, vp9/],
  ['h264 in a .webm', 64, { input, output: urlOf('a.webm'), codec: 'h264' }, /must be vp9 in a/],
  ['a height', 64, { input, output, height: '480' }, /height must be a whole number from 16 to/],
  ['an odd height', 64, { input, output, height: 91 }, /height must be even, but is 91/],
  ['an unknown field', 64, { input, output, heigth: 90 }, /but is "heigth"/],
  ['no folder', 64, { input, output: urlOf('none/a.mp4') }, /the folder of the result must exist/],
  ['no source', 66, { input: urlOf('none.mp4'), output }, /the source cannot be read: ENOENT/],
  ['a folder', 66, { input: pathToFileURL(folder).href, output }, /must be a file/],
  ['a text', 65, { input: pathToFileURL(main).href, output }, /no video that ffmpeg can read/],
])('refuses %s with exit %i and a sentence', async (_what, code, order, sentence) => {
  const ending = await start(order).ended;
  expect(ending.stderr).toMatch(sentence);
  expect(ending.code).toBe(code);
  expect(leftovers()).toEqual([]);
});

test('an unknown release is a fault of the configuration', async () => {
  expect((await start({ input, output }, {}, '9.9.9').ended).code).toBe(78);
});

test('a source that was cut off ends with 65, and the old result stays', async () => {
  const whole = readFileSync(at('in.mp4'));
  writeFileSync(at('cut.mp4'), whole);
  truncateSync(at('cut.mp4'), Math.floor(whole.length / 2));
  writeFileSync(at('kept.mp4'), 'the result of yesterday');
  const ending = await start({ input: urlOf('cut.mp4'), output: urlOf('kept.mp4') }).ended;
  expect(ending.stderr).toMatch(/the source ends early: it says 3\.\d s, but only/);
  expect(ending.code).toBe(65);
  expect(readFileSync(at('kept.mp4'), 'utf8')).toBe('the result of yesterday');
});

test('a list of files in the place of a video cannot make ffmpeg open them', async () => {
  writeFileSync(at('list.mp4'), `ffconcat version 1.0\nfile in.mp4\n`);
  const ending = await start({ input: urlOf('list.mp4'), output }).ended;
  expect(ending.code).toBe(65);
});

test('SIGTERM is passed on, and waited for', async () => {
  const program = at('patient-ffmpeg');
  const report = 'echo out_time_ms=1000000; echo speed=1x; echo progress=continue';
  const script = `trap 'echo > ${at('told')}; exit 255' TERM; ${report}; while :; do sleep 0.1; done`;
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const running = start({ input, output }, { DAVIT_FFMPEG: program });
  await running.printed('progress ');
  running.child.kill('SIGTERM');
  expect((await running.ended).code).toBe(143);
  expect(readdirSync(folder)).toContain('told');
});

test('SIGTERM ends the real ffmpeg too, leaves nothing behind, and is no success', async () => {
  const noting = at('noting-ffmpeg');
  const script = `#!/bin/sh\necho $$ > ${at('ffmpeg.pid')}\nexec ${programOf('ffmpeg')} "$@"\n`;
  writeFileSync(noting, script, { mode: 0o755 });
  const order = { input, output: urlOf('late.mp4'), realtime: true };
  const running = start(order, { DAVIT_FFMPEG: noting });
  await running.printed('progress ');
  const living = livingOf(Number(readFileSync(at('ffmpeg.pid'), 'utf8')));
  expect(living).toBeDefined();
  running.child.kill('SIGTERM');
  const ending = await running.ended;
  expect(ending.code).toBe(143);
  expect(ending.stdout).not.toContain('DAVIT_RESULT');
  expect(leftovers()).toEqual([]);
  expect(readdirSync(folder)).not.toContain('late.mp4');
  expect(living && livingOf(living.pid)?.started).not.toBe(living?.started);
});

test.each([
  ['a full disk', 75, 'echo "x: No space left on device" >&2; exit 1'],
  ['a killed ffmpeg', 75, 'kill -9 $$'],
  ['anything else that ffmpeg says', 65, 'echo "moov atom not found" >&2; exit 1'],
])('%s ends with exit %i', async (_what, code, script) => {
  const program = at(`ffmpeg-${code}-${script.length}`);
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  expect((await start({ input, output }, { DAVIT_FFMPEG: program }).ended).code).toBe(code);
  expect(leftovers()).toEqual([]);
});

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

test('tells its progress at most twice a second', () => {
  const told: (readonly [number, string])[] = [];
  const read = progressReader((doneS, speed) => told.push([doneS, speed]));
  for (const done of ['1500000', '1600000']) {
    for (const line of [`out_time_ms=${done}`, 'speed=2.1x', 'progress=continue']) read(line);
  }
  expect(told).toEqual([[1.5, '2.1x']]);
});
