import { open } from 'node:fs/promises';
import { errorMessage } from '../shared/core/error-message.ts';
import { programOf } from '../tools/transcoder/programs.mjs';
import { outputOf, ProgramError } from './program.ts';

/** The properties of a video file, from ffprobe. */
export interface Film {
  readonly codec: string;
  readonly height: number;
  readonly audio: string | undefined;
  readonly seconds: number;
}

/** Makes a real H.264 film of that many seconds: 720p with sound. */
export const makeFilm = async (
  path: string,
  seconds: number,
  signal: AbortSignal,
): Promise<void> => {
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=25:duration=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await ffmpeg(signal, ...picture, ...sound, ...coding, path);
};

/** Makes a film twice as long from another one, without encoding it again. */
export const makeDoubled = async (
  from: string,
  path: string,
  signal: AbortSignal,
): Promise<void> => {
  await ffmpeg(signal, '-stream_loop', '1', '-i', from, '-c', 'copy', path);
};

/** Reads the properties of a video file. Throws a sentence with ffprobe's own words when the file is not a video. */
export const filmAt = async (path: string, signal?: AbortSignal): Promise<Film> => {
  const { streams = [], format } = await probe(path, signal);
  const of = (type: string) =>
    streams.find((stream: { codec_type: string }) => stream.codec_type === type);
  const video = of('video');
  if (video === undefined) throw new Error(`${path} must be a video, but it has no picture.`);
  return {
    codec: video.codec_name ?? 'unknown',
    height: video.height ?? 0,
    audio: of('audio')?.codec_name,
    seconds: Number(format.duration),
  };
};

/** Whether the index of an MP4 file (box `moov`) comes before its media (box `mdat`), so that a player can start at once. */
export const hasIndexInFront = async (path: string): Promise<boolean> => {
  const file = await open(path);
  try {
    const head = Buffer.alloc(16);
    for (let at = 0; (await file.read(head, 0, 16, at)).bytesRead >= 8; ) {
      const kind = head.toString('latin1', 4, 8);
      if (kind === 'moov' || kind === 'mdat') return kind === 'moov';
      // A size of 1 says that the true one follows, in eight bytes (ISO/IEC 14496-12).
      const size = head.readUInt32BE(0);
      at += Math.max(8, size === 1 ? Number(head.readBigUInt64BE(8)) : size);
    }
    return false;
  } finally {
    await file.close();
  }
};

const ffmpeg = (signal: AbortSignal, ...words: readonly string[]): Promise<unknown> =>
  outputOf(programOf('ffmpeg'), ['-y', '-v', 'error', ...words], signal);

const probe = async (path: string, signal: AbortSignal | undefined) => {
  const words = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams', path];
  try {
    return JSON.parse(await outputOf(programOf('ffprobe'), words, signal));
  } catch (cause) {
    signal?.throwIfAborted();
    const stderr = cause instanceof ProgramError ? cause.stderr.trim() : '';
    const why = (stderr.split('\n').at(-1) ?? '').replace(`${path}: `, '') || errorMessage(cause);
    throw new Error(`${path} must be a video that ffmpeg can read, but ffprobe says: ${why}.`, {
      cause,
    });
  }
};
