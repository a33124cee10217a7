import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { main, transcoderIn } from '../../kit/transcoder.ts';

const { folder, leftovers, start, urlOf } = transcoderIn('davit-transcoder-order-');
const input = urlOf('in.mp4');
const output = urlOf('out.mp4');

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
