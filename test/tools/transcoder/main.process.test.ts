import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startProgram } from '../../kit/program.ts';
import { main, picture, resultOf, sound, transcoderIn } from '../../kit/transcoder.ts';

const { at, leftovers, make, start, urlOf } = transcoderIn('davit-transcoder-main-');
const output = urlOf('out.mp4');

test('transcodes a file, prints its progress, and reports what ffprobe found in the result', async () => {
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
  expect(ending.stdout).toMatch(
    /^DAVIT_PROGRESS \{"fraction":0\.?\d*,"step":"transcodes, speed .+x"\}$/m,
  );
  expect(ending.stdout).toContain('\nDAVIT_PROGRESS {"fraction":1,"step":"done"}\n');
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

test.each(['mp4', 'mkv'])(
  'sound that is left out of an .%s may be longer than the picture',
  async (type) => {
    const source = `long-sound.${type}`;
    make(source, ...picture('64x36', 1), ...sound(4));
    const order = { input: urlOf(source), output: urlOf('silent.mp4'), audioKbps: 0 };
    const result = resultOf(await start(order).ended);
    expect(result).toMatchObject({ audioCodec: null, durationS: expect.closeTo(1, 0) });
  },
);

test('a second sound, which is left out, may be longer than the first', async () => {
  const each = ['-map', '0', '-map', '1', '-map', '2'];
  make('two-sounds.mp4', ...picture('64x36', 1), ...sound(1), ...sound(4), ...each);
  const order = { input: urlOf('two-sounds.mp4'), output: urlOf('one-sound.mp4') };
  expect(resultOf(await start(order).ended)).toMatchObject({ durationS: expect.closeTo(1, 0) });
});

test('sound that is kept may be longer than the picture', async () => {
  make('kept-sound.mkv', ...picture('64x36', 1), ...sound(4));
  const order = { input: urlOf('kept-sound.mkv'), output: urlOf('sound.mkv') };
  expect(resultOf(await start(order).ended)).toMatchObject({ durationS: expect.closeTo(4, 0) });
});

test.each(['h264', 'hevc', 'vp9'])(
  'an odd picture loses its last row and column in %s',
  async (codec) => {
    make('odd.mkv', ...picture('65x37', 1), '-pix_fmt', 'yuv444p');
    const order = { input: urlOf('odd.mkv'), output: urlOf('even.mp4'), codec };
    expect(resultOf(await start(order).ended)).toMatchObject({ codec, width: 64, height: 36 });
  },
);

test('takes names with blanks, % and ?, and replaces the result of yesterday', async () => {
  copyFileSync(at('in.mp4'), at('100 %? in#1.mp4'));
  writeFileSync(at('50 %25 out.mp4'), 'the result of yesterday');
  const order = { input: urlOf('100 %? in#1.mp4'), output: urlOf('50 %25 out.mp4'), height: 90 };
  const { bytes } = resultOf(await start(order).ended) as { bytes: number };
  expect(readFileSync(at('50 %25 out.mp4'))).toHaveLength(bytes);
  expect(leftovers()).toEqual([]);
});

test('a list of files in the place of a video cannot make ffmpeg open them', async () => {
  writeFileSync(at('list.mp4'), `ffconcat version 1.0\nfile in.mp4\n`);
  const ending = await start({ input: urlOf('list.mp4'), output }).ended;
  expect(ending.code).toBe(65);
});
