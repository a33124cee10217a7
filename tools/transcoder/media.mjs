import { exit, Stop } from './exit.mjs';
import { programOf, runProgram } from './programs.mjs';

/**
 * The content of a media file: the duration of its longest stream, then its first picture and its first sound.
 * @typedef {{ durationS: number | undefined, streamCount: number, pictureS: number | undefined, codec: string, width: number,
 *   height: number, soundS: number | undefined, audioCodec: string | undefined }} Media
 * @typedef {{ codec_type: string, codec_name: string, duration?: string, tags?: { DURATION?: string },
 *   disposition?: { attached_pic?: number } }} Stream
 */

// Containers that hold media themselves. No playlists (HLS, concat): they would make ffmpeg open the files that they name.
const readable =
  'mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf,h264,hevc,ivf,mxf,dv,rm,nut,gif,y4m,yuv4mpegpipe';

/** The options for an input file; `file:` prevents that a name is read as an option or a protocol.
 * @param {string} path */
export const inputOf = (path) => [
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  readable,
  '-i',
  `file:${path}`,
];

/** Reads a file's content with ffprobe. Stop 65 when it is not a media file, or has no picture; 75 when ffprobe was killed.
 * @param {string} path
 * @param {string} name the file's name in a sentence
 * @param {AbortSignal} signal
 * @returns {Promise<Media>} */
export const mediaOf = async (path, name, signal) => {
  const wanted =
    'format=duration:stream=codec_type,codec_name,width,height,duration:stream_disposition=attached_pic:stream_tags=DURATION';
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
  if (code === null) throw new Stop(exit.tryAgain, `ffprobe was killed: ${lastLine(errors)}`);
  if (code !== 0)
    throw new Stop(exit.data, `${name} is not a video that ffmpeg can read: ${lastLine(errors)}`);
  const { format = {}, streams = [] } = JSON.parse(json);
  const video = streams.find(isPicture);
  if (video === undefined)
    throw new Stop(exit.data, `${name} must have a video stream, but has none`);
  const audio = streams.find((/** @type {Stream} */ it) => it.codec_type === 'audio');
  return {
    durationS: seconds(format.duration) ?? streamS(video),
    streamCount: streams.length,
    pictureS: streamS(video),
    codec: video.codec_name,
    width: video.width,
    height: video.height,
    soundS: audio && streamS(audio),
    audioCodec: audio?.codec_name,
  };
};

/** The duration of the streams that we take from a source: its first picture and, if asked, its first sound; others may be longer.
 * Undefined when the file does not say.
 * @param {Media} media
 * @param {{ withSound: boolean }} what */
export const takenS = ({ durationS, streamCount, pictureS, soundS, audioCodec }, { withSound }) => {
  const takesSound = withSound && audioCodec !== undefined;
  if (streamCount === (takesSound ? 2 : 1)) return durationS;
  const known = [pictureS, takesSound ? soundS : undefined].filter((it) => it !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
};

/** @param {string} text */
export const lastLine = (text) => text.split('\n').at(-1) || 'it gave no reason';

/** For ffprobe, a cover image is a video stream too.
 * @param {Stream} stream */
const isPicture = (stream) =>
  stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1;

/** @param {unknown} text */
const seconds = (text) => {
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
};

/** Matroska has no duration for a stream; its muxers write one as a tag, 00:00:03.040000000.
 * @param {Stream} stream */
const streamS = ({ duration, tags }) => {
  const [, hours, minutes, rest] = /^(\d+):(\d+):([\d.]+)$/.exec(tags?.DURATION ?? '') ?? [];
  return seconds(duration) ?? seconds(Number(hours) * 3600 + Number(minutes) * 60 + Number(rest));
};
