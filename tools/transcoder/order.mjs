import { extname } from 'node:path';
import { addressOf, pathOf } from './address.mjs';
import { refuse } from './exit.mjs';
import { fieldsOf } from './fields.mjs';

/**
 * A checked order. The paths are those of file: URLs.
 * @typedef {{ input: URL, inputPath: string | undefined, output: URL, outputPath: string | undefined, format: string, codec: Codec,
 *   height?: number, quality?: number, preset: string, audioKbps: number, realtime: boolean }} Order
 * @typedef {'h264' | 'hevc' | 'vp9'} Codec
 */

/** Reads the order from the arguments, or else from DAVIT_INPUT; throws Stop 64 or 65 with a sentence about the fault.
 * @param {readonly string[]} args
 * @param {string | undefined} json
 * @returns {Order} */
export const orderOf = (args, json) => checked(fieldsOf(args, json));

const fieldNames = [
  'input',
  'output',
  'codec',
  'height',
  'quality',
  'preset',
  'audioKbps',
  'realtime',
];

const presets = [
  'ultrafast',
  'superfast',
  'veryfast',
  'faster',
  'fast',
  'medium',
  'slow',
  'slower',
  'veryslow',
];

/** @param {Record<string, unknown>} fields
 * @returns {Order} */
const checked = (fields) => {
  const unknown = Object.keys(fields).filter((name) => !fieldNames.includes(name));
  if (unknown.length > 0) refuse('each field', `be one of ${fieldNames.join(', ')}`, unknown[0]);
  const input = addressOf('input', fields.input);
  const output = addressOf('output', fields.output);
  const format = formatOf(output);
  const height = heightOf(fields.height);
  const quality = whole('quality', fields.quality, [0, 51]);
  return {
    input,
    inputPath: pathOf('input', input),
    output,
    outputPath: pathOf('output', output),
    format,
    codec: codecOf(fields.codec, format),
    ...(height === undefined ? {} : { height }),
    ...(quality === undefined ? {} : { quality }),
    preset: oneOf('preset', fields.preset, presets) ?? 'veryfast',
    audioKbps: whole('audioKbps', fields.audioKbps, [0, 512]) ?? 128,
    realtime: oneOf('realtime', fields.realtime, [true, false]) ?? false,
  };
};

const formats = new Map([
  ['.mp4', 'mp4'],
  ['.m4v', 'mp4'],
  ['.mov', 'mov'],
  ['.mkv', 'matroska'],
  ['.webm', 'webm'],
]);

/** @param {URL} output */
const formatOf = (output) => {
  const format = formats.get(extname(output.pathname).toLowerCase());
  return format ?? refuse('output', `end in ${[...formats.keys()].join(', ')}`, output.pathname);
};

/** The height; even, since a block of two by two pixels shares its colours.
 * @param {unknown} value */
const heightOf = (value) => {
  const height = whole('height', value, [16, 4320]);
  return height === undefined || height % 2 === 0 ? height : refuse('height', 'be even', height);
};

/** @param {string} name
 * @param {unknown} value
 * @param {readonly [number, number]} range */
const whole = (name, value, [least, most]) => {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
    return value;
  return refuse(name, `be a whole number from ${least} to ${most}`, value);
};

/** @type {readonly Codec[]} */
const codecs = ['h264', 'hevc', 'vp9'];

/** @param {unknown} value
 * @param {string} format */
const codecOf = (value, format) => {
  const codec = oneOf('codec', value, codecs) ?? (format === 'webm' ? 'vp9' : 'h264');
  if (format === 'webm' && codec !== 'vp9') refuse('codec', 'be vp9 in a .webm', codec);
  if (format === 'mov' && codec === 'vp9') refuse('codec', 'be h264 or hevc in a .mov', codec);
  return codec;
};

/** @template {string | boolean} T
 * @param {string} name
 * @param {unknown} value
 * @param {readonly T[]} allowed */
const oneOf = (name, value, allowed) => {
  if (value === undefined) return undefined;
  return (
    allowed.find((it) => it === value) ?? refuse(name, `be one of ${allowed.join(', ')}`, value)
  );
};
