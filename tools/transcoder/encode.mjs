import { exit, Stop } from './exit.mjs';
import { inputOf, lastLine } from './media.mjs';
import { programOf, runProgram } from './programs.mjs';

/** @typedef {import('./order.mjs').Order} Order */

// The difference between the releases: 1.1.0 puts the index of an .mp4 or .mov in front, so that a player can start before it has
// the whole file.
const movflags = new Map([
  ['1.0.0', []],
  ['1.1.0', ['-movflags', '+faststart']],
]);

// In 4:2:0 a block of two by two pixels shares its colours. Cropped, not scaled, so that the pixels stay as they are.
const even = 'crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0';

const progressMs = 500;

/** @param {string} release */
export const checkRelease = (release) => {
  if (!movflags.has(release)) {
    throw new Stop(
      exit.configuration,
      `the release must be one of ${[...movflags.keys()].join(', ')}, but is ${release}`,
    );
  }
};

/** Whether this release puts the index of this order's result in front.
 * @param {string} release
 * @param {Order} order */
export const hasIndexInFront = (release, { format }) => movflagsOf(release, format).length > 0;

/** Encodes one file into another, and calls `onProgress` at most twice a second with the seconds done and ffmpeg's speed. Stop 65 when
 * the source cannot be read to its end, 75 when the disk is full or ffmpeg was killed.
 * @param {{ from: string, to: string, order: Order, release: string }} what
 * @param {{ signal: AbortSignal, onProgress: (doneS: number, speed: string) => void }} options */
export const encode = async ({ from, to, order, release }, { signal, onProgress }) => {
  const command = [
    programOf('ffmpeg'),
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-progress', 'pipe:1', '-y'],
    ...(order.realtime ? ['-re'] : []),
    ...inputOf(from),
    ...['-map', '0:V:0', '-map', '0:a:0?', '-sn', '-dn'],
    ...['-vf', order.height === undefined ? even : `scale=-2:${order.height}`],
    ...videoOptions(order),
    ...audioOptions(order),
    ...movflagsOf(release, order.format),
    ...['-f', order.format, `file:${to}`],
  ];
  const { code, errors } = await runProgram(command, {
    signal,
    onLine: progressReader(onProgress),
  });
  if (code === 0) return;
  if (/No space left on device|Disk quota exceeded/.test(errors)) {
    throw new Stop(exit.tryAgain, `the disk is full: ${lastLine(errors)}`);
  }
  if (code === null) throw new Stop(exit.tryAgain, `ffmpeg was killed: ${lastLine(errors)}`);
  throw new Stop(exit.data, `ffmpeg could not transcode the source: ${errors}`);
};

/** Reads ffmpeg's `name=value` lines; each of its reports ends with `progress=…`.
 * @param {(doneS: number, speed: string) => void} onProgress */
export const progressReader = (onProgress) => {
  /** @type {Record<string, string>} */
  let report = {};
  let reportedAt = -progressMs;
  return (/** @type {string} */ line) => {
    const [name = '', value = ''] = line.split('=');
    report[name] = value.trim();
    if (name !== 'progress') return;
    // Microseconds in spite of its name, in every version of ffmpeg; `out_time_us` came later.
    const doneS = Number(report.out_time_us ?? report.out_time_ms) / 1e6;
    const { speed = 'N/A' } = report;
    report = {};
    const now = performance.now();
    if (!Number.isFinite(doneS) || now - reportedAt < progressMs) return;
    reportedAt = now;
    onProgress(doneS, speed);
  };
};

/** @param {string} release
 * @param {string} format */
const movflagsOf = (release, format) =>
  format === 'mp4' || format === 'mov' ? (movflags.get(release) ?? []) : [];

/** @param {Order} order */
const videoOptions = ({ codec, quality, preset }) => {
  // Every player shows 4:2:0; what comes otherwise would be kept as it is.
  const pixels = ['-pix_fmt', 'yuv420p'];
  if (codec === 'vp9') {
    return [
      '-c:v',
      'libvpx-vp9',
      '-crf',
      String(quality ?? 33),
      '-b:v',
      '0',
      '-deadline',
      'realtime',
      '-cpu-used',
      '6',
      ...pixels,
    ];
  }
  const encoder =
    codec === 'hevc'
      ? ['libx265', '-tag:v', 'hvc1', '-x265-params', 'log-level=error']
      : ['libx264'];
  return ['-c:v', ...encoder, '-crf', String(quality ?? 23), '-preset', preset, ...pixels];
};

/** @param {Order} order */
const audioOptions = ({ format, audioKbps }) => {
  if (audioKbps === 0) return ['-an'];
  return ['-c:a', format === 'webm' ? 'libopus' : 'aac', '-b:a', `${audioKbps}k`];
};
