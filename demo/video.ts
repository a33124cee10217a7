import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { programsOf } from '../tools/transcoder/programs.mjs';

const run = promisify(execFile);

/** What ffprobe says of a video file. */
export interface Film {
  readonly codec: string;
  readonly height: number;
  readonly audio: string | undefined;
  readonly seconds: number;
}

/** Makes a real H.264 film of that many seconds: 720p with sound. */
export const makeFilm = async (path: string, seconds: number): Promise<void> => {
  const { ffmpeg } = programsOf(process.env);
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=25:duration=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await run(ffmpeg, ['-y', '-v', 'error', ...picture, ...sound, ...coding, path]);
};

/** Looks into a file; throws ffprobe's own words where it is no film. */
export const filmAt = async (path: string): Promise<Film> => {
  const { ffprobe } = programsOf(process.env);
  const asked = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams', path];
  const { stdout } = await run(ffprobe, asked);
  const { streams, format } = JSON.parse(stdout);
  const of = (type: string) =>
    streams.find((stream: { codec_type: string }) => stream.codec_type === type);
  return {
    codec: of('video')?.codec_name ?? 'none',
    height: of('video')?.height ?? 0,
    audio: of('audio')?.codec_name,
    seconds: Number(format.duration),
  };
};
