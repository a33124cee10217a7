import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { addressOf, pathOf } from './address.mjs';
import { exit, refuse, Stop } from './exit.mjs';

/**
 * A checked order. The paths are those of file: URLs.
 * @typedef {{ input: URL, inputPath: string | undefined, output: URL, outputPath: string | undefined, format: string, codec: Codec,
 *   height?: number, quality?: number, preset: string, audioKbps: number, realtime: boolean }} Order
 * @typedef {'h264' | 'hevc' | 'vp9'} Codec
 */

export const usage = `usage: main.mjs INPUT OUTPUT [--codec h264|hevc|vp9] [--height N] [--quality N] [--preset NAME]
                [--audioKbps N] [--realtime]
INPUT and OUTPUT are paths, or file: or https: URLs; OUTPUT ends in .mp4, .m4v, .mov, .mkv or .webm.
Without arguments the same fields are read as JSON from the variable DAVIT_INPUT.`;

/** Reads the order from the arguments, or else from DAVIT_INPUT; throws Stop 64 or 65 with a sentence about the fault.
 * @param {readonly string[]} args
 * @param {string | undefined} json
 * @returns {Order} */
export const orderOf = (args, json) =>
  checked(args.length > 0 ? fromArguments(args) : fromJson(json));

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

/** @param {readonly string[]} args */
const fromArguments = (args) => {
  const text = /** @type {const} */ ({ type: 'string' });
  const options = { codec: text, height: text, quality: text, preset: text, audioKbps: text };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, realtime: { type: 'boolean' } },
      allowPositionals: true,
    });
    if (positionals.length !== 2)
      throw new Error(`expected INPUT and OUTPUT, got ${positionals.length}`);
    const [input, output] = positionals.map(asUrl);
    const numbers = ['height', 'quality', 'audioKbps'];
    const typed = Object.entries(values).map(([name, value]) => [
      name,
      numbers.includes(name) ? Number(value) : value,
    ]);
    return { ...Object.fromEntries(typed), input, output };
  } catch (error) {
    throw new Stop(
      exit.usage,
      `${error instanceof Error ? error.message : error}\n${usage}`,
      error,
    );
  }
};

/** A path as a file: URL; a text that begins with a scheme stays as it is.
 * @param {string} text */
const asUrl = (text) => (/^[a-z][a-z0-9+.-]+:/i.test(text) ? text : pathToFileURL(text).href);

/** @param {string | undefined} json
 * @returns {Record<string, unknown>} */
const fromJson = (json) => {
  if (json === undefined)
    throw new Stop(exit.usage, `there are no arguments, and DAVIT_INPUT is not set\n${usage}`);
  let value;
  try {
    value = JSON.parse(json);
  } catch (error) {
    // Quotes neither the text nor the parser's message, which quotes it: it may contain a secret.
    throw new Stop(exit.data, 'DAVIT_INPUT must be a JSON object, but is not JSON', error);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    const type = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
    throw new Stop(exit.data, `DAVIT_INPUT must be a JSON object, but is ${type}`);
  }
  return value;
};
