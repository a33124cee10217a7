import { EXIT, Stop } from './exit.mjs';
import { programOf, runProgram } from './programs.mjs';

/**
 * @typedef {{ durationS: number | undefined, codec: string, width: number, height: number, audioCodec: string | undefined }} Media
 */

// Containers that hold media themselves. Playlists (HLS, concat) are none: they would make ffmpeg open what they name.
const READABLE =
  'mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf,h264,hevc,ivf,mxf,dv,rm,nut,gif,y4m,yuv4mpegpipe';

/** The options that go before an input file; `file:` keeps a name from being read as an option or a protocol.
 * @param {string} path */
export const inputOf = (path) => [
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  READABLE,
  '-i',
  `file:${path}`,
];

/** What ffprobe says about a file. Stop 65 when it is no media, or has no picture.
 * @param {string} path
 * @param {string} name what a person calls the file
 * @param {AbortSignal} signal
 * @returns {Promise<Media>} */
export async function mediaOf(path, name, signal) {
  const wanted =
    'format=duration:stream=codec_type,codec_name,width,height,duration:stream_disposition=attached_pic';
  const command = [
    programOf('ffprobe'),
    '-v',
    'error',
    '-of',
    'json',
    '-show_entries',
    wanted,
    ...inputOf(path),
  ];
  let json = '';
  const onLine = (/** @type {string} */ line) => {
    json += line;
  };
  const { code, errors } = await runProgram(command, { signal, onLine });
  if (code !== 0)
    throw new Stop(EXIT.data, `${name} is no video that ffmpeg can read: ${lastLine(errors)}`);
  const { format = {}, streams = [] } = JSON.parse(json);
  const video = streams.find(isPicture);
  if (video === undefined)
    throw new Stop(EXIT.data, `${name} must have a video stream, but has none`);
  const duration = Number(format.duration ?? video.duration);
  return {
    durationS: Number.isFinite(duration) ? duration : undefined,
    codec: video.codec_name,
    width: video.width,
    height: video.height,
    audioCodec: streams.find((/** @type {Stream} */ it) => it.codec_type === 'audio')?.codec_name,
  };
}

/**
 * @typedef {{ codec_type: string, codec_name: string, disposition?: { attached_pic?: number } }} Stream
 */

/** A cover image is a video stream too, to ffprobe.
 * @param {Stream} stream */
const isPicture = (stream) =>
  stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1;

/** @param {string} text */
export const lastLine = (text) => text.split('\n').at(-1) || 'it gave no reason';
