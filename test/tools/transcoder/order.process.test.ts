import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { main, transcoderIn } from '../../kit/transcoder.ts';

const { at, folder, leftovers, start, urlOf } = transcoderIn('davit-transcoder-order-');
const input = urlOf('in.mp4');
const output = urlOf('out.mp4');
const web = 'https://127.0.0.1:1/in.mp4';

beforeAll(() => mkdirSync(at('folder.mp4')));

test.each([
  ['a text that is not JSON', 65, '{"input":', /must be a JSON object, but is not JSON/],
  ['a list', 65, [], /must be a JSON object, but is an array/],
  ['no input', 64, { output }, /input must be a file: or https: URL, but is missing/],
  ['s3', 64, { input: 's3://a/b.mp4', output }, /for S3 give a presigned https: URL/],
  [
    'plain http',
    64,
    { input: 'http://example.com/a.mp4', output },
    /must be a file: or https: URL/,
  ],
  ['a text that is not a URL', 64, { input: 'in.mp4', output }, /but is "in\.mp4"/],
  ['an extension', 64, { input, output: urlOf('a.avi') }, /output must end in \.mp4/],
  ['a codec', 64, { input, output, codec: 'av1' }, /codec must be one of h264, hevc, vp9/],
  ['h264 in a .webm', 64, { input, output: urlOf('a.webm'), codec: 'h264' }, /must be vp9 in a/],
  ['a height', 64, { input, output, height: '480' }, /height must be a whole number from 16 to/],
  ['an odd height', 64, { input, output, height: 91 }, /height must be even, but is 91/],
  ['an unknown field', 64, { input, output, heigth: 90 }, /but is "heigth"/],
  ['a query at a file', 64, { input: `${input}?x=1`, output }, /in a name \? is %3F/],
  ['a fragment at a file', 64, { input, output: `${output}#x` }, /output must end with its path/],
  ['a lone %', 64, { input: 'file:///100%.mp4', output }, /% itself is %25/],
  ['a / in a name', 64, { input: 'file:///a%2Fb.mp4', output }, /input must be a file: URL whose/],
  [
    'a NUL in a name',
    64,
    { input, output: 'file:///o%00.mp4' },
    /output must be a file: URL whose/,
  ],
  ['a name too long', 64, { input, output: urlOf(`${'a'.repeat(240)}.mp4`) }, /ENAMETOOLONG/],
  ['a source too long', 64, { input: urlOf(`${'a'.repeat(256)}.mp4`), output }, /ENAMETOOLONG/],
  ['vp9 in a .mov', 64, { input, output: urlOf('a.mov'), codec: 'vp9' }, /h264 or hevc in a .mov/],
  ['an object', 64, { input: { url: 'secret' }, output }, /input must be .* but is an object/],
  ['a folder for the result', 64, { input: web, output: urlOf('folder.mp4') }, /is a folder/],
  ['a file for a folder', 64, { input, output: urlOf('in.mp4/a.mp4') }, /the folder of the result/],
  ['no folder', 64, { input, output: urlOf('none/a.mp4') }, /the folder of the result must exist/],
  ['no source', 66, { input: urlOf('none.mp4'), output }, /the source cannot be read: ENOENT/],
  ['a folder', 66, { input: pathToFileURL(folder).href, output }, /must be a file/],
  [
    'a text',
    65,
    { input: pathToFileURL(main).href, output },
    /is not a video that ffmpeg can read/,
  ],
])('refuses %s with exit %i and a sentence', async (_what, code, order, sentence) => {
  const ending = await start(order).ended;
  expect(ending.stderr).toMatch(sentence);
  expect(ending.code).toBe(code);
  expect(leftovers()).toEqual([]);
});

test.each([
  [
    'a password',
    'https://user:secret@127.0.0.1:1/in.mp4',
    /is "https:\/\/127\.0\.0\.1:1\/in\.mp4"/,
  ],
  ['a password, and no slashes', 'https:user:secret@host/in.mp4', /is "https:\/\/host\/in\.mp4"/],
  ['a query', 'http://host/in.mp4?X-Amz-Signature=secret', /is "http:\/\/host\/in\.mp4"/],
  ['a query of no URL', '//host/in.mp4?X-Amz-Signature=secret', /is "\/\/host\/in\.mp4"/],
  ['a password of no URL', 'https://user:secret/s@host/in.mp4', /is "…@host\/in\.mp4"/],
  ['a password without a scheme', 'user:secret@host/in.mp4', /is "user:…"/],
  ['a URL within another', 'blob:https://user:secret@host/in.mp4', /is "blob:…"/],
  ['a password for S3', 's3://key:secret@bucket/in.mp4', /presigned .* is "s3:\/\/bucket\/in/],
])('refuses %s with exit 64, and keeps the secret', async (_what, address, sentence) => {
  const ending = await start({ input: address, output }).ended;
  expect(ending.stderr).toMatch(sentence);
  expect(ending.stdout + ending.stderr).not.toContain('secret');
  expect(ending.code).toBe(64);
});

test('an order that is a text is refused by its type alone', async () => {
  const ending = await start(JSON.stringify('https://host/in.mp4?X-Amz-Signature=secret')).ended;
  expect(ending).toMatchObject({ code: 65, stderr: expect.stringMatching(/but is a string/) });
  expect(ending.stdout + ending.stderr).not.toContain('secret');
});

test('an unknown release is a fault of the configuration', async () => {
  expect((await start({ input, output }, {}, '9.9.9').ended).code).toBe(78);
});
