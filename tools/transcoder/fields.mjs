import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { exit, Stop } from './exit.mjs';

export const usage = `usage: main.mjs INPUT OUTPUT [--codec h264|hevc|vp9] [--height N] [--quality N] [--preset NAME]
                [--audioKbps N] [--realtime]
INPUT and OUTPUT are paths, or file: or https: URLs; OUTPUT ends in .mp4, .m4v, .mov, .mkv or .webm.
Without arguments the same fields are read as JSON from the variable DAVIT_INPUT.`;

/** Reads the fields of an order, not yet checked, from the arguments, or else from the JSON in DAVIT_INPUT.
 * @param {readonly string[]} args
 * @param {string | undefined} json
 * @returns {Record<string, unknown>} */
export const fieldsOf = (args, json) => (args.length > 0 ? fromArguments(args) : fromJson(json));

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
