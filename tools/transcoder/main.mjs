// One video file into another, by ffmpeg. What it takes and gives back is in README.md.
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkRelease, encode, hasIndexInFront } from './encode.mjs';
import { EXIT, fileStop, Stop } from './exit.mjs';
import { mediaOf, takenS } from './media.mjs';
import { orderOf, USAGE } from './order.mjs';
import { download, publicName, upload } from './web.mjs';

/** @typedef {import('./order.mjs').Order} Order */
/** @typedef {import('./media.mjs').Media} Media */

const NEWEST = '1.1.0';
const { DAVIT_TASK_ID, DAVIT_RUN = '1', DAVIT_INPUT, TRANSCODER_RELEASE } = process.env;

/** @param {string} line */
const print = (line) => void process.stdout.write(`${line}\n`);

/** Which release this is, by the image's argument or variable, and the arguments that are left.
 * @param {readonly string[]} args */
function released(args) {
  const at = args.indexOf('--release');
  if (at === -1) return { release: TRANSCODER_RELEASE ?? NEWEST, rest: args };
  return {
    release: args[at + 1] ?? 'missing',
    rest: [...args.slice(0, at), ...args.slice(at + 2)],
  };
}

/** @param {Order} order
 * @param {string} release
 * @param {AbortSignal} signal */
async function transcode(order, release, signal) {
  const since = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'davit-transcoder-'));
  const partial = partialOf(order, folder);
  try {
    // Now, not after an hour of work.
    await writeFile(partial, '').catch((error) => {
      throw error.code === 'ENOENT'
        ? new Stop(EXIT.usage, `the folder of the result must exist: ${error.message}`, error)
        : fileStop(error, 'the result cannot be written');
    });
    const from = await fetched(order.input, join(folder, 'source'), signal);
    const source = await mediaOf(from, publicName(order.input), signal);
    const wantedS = takenS(source, { withSound: order.audioKbps > 0 });
    print(
      `source ${source.codec} ${source.width}x${source.height}, ${wantedS?.toFixed(1) ?? '?'} s`,
    );
    const onProgress = progressPrinter(wantedS);
    await encode({ from, to: partial, order, release }, { signal, onProgress });
    const made = await mediaOf(partial, 'the result', signal);
    checkComplete(wantedS, made);
    const { size } = await stat(partial);
    await delivered(partial, order.output, signal);
    print('progress 100 %');
    print(
      `DAVIT_RESULT ${JSON.stringify({
        version: release,
        output: publicName(order.output),
        bytes: size,
        durationS: Number(made.durationS?.toFixed(3)),
        codec: made.codec,
        width: made.width,
        height: made.height,
        audioCodec: made.audioCodec ?? null,
        indexInFront: hasIndexInFront(release, order),
        tookS: Number(((performance.now() - since) / 1000).toFixed(1)),
      })}`,
    );
  } finally {
    await rm(partial, { force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/** A path of this run alone: another run of the same task may still live somewhere. Beside the result, so that the rename at the end
 * is one step.
 * @param {Order} order
 * @param {string} folder */
function partialOf({ output }, folder) {
  const run = DAVIT_TASK_ID === undefined ? String(process.pid) : `${DAVIT_TASK_ID}-${DAVIT_RUN}`;
  return output.protocol === 'file:'
    ? `${fileURLToPath(output)}.davit-${run}`
    : join(folder, 'result');
}

/** The source as a local file.
 * @param {URL} input
 * @param {string} copy
 * @param {AbortSignal} signal */
async function fetched(input, copy, signal) {
  if (input.protocol !== 'file:') {
    await download(input, copy, signal);
    return copy;
  }
  const path = fileURLToPath(input);
  const found = await stat(path).catch((error) => {
    throw fileStop(error, 'the source cannot be read');
  });
  if (!found.isFile()) throw new Stop(EXIT.noInput, `the source ${path} must be a file`);
  return path;
}

/** @param {string} partial
 * @param {URL} output
 * @param {AbortSignal} signal */
async function delivered(partial, output, signal) {
  if (output.protocol !== 'file:') return upload(partial, output, signal);
  signal.throwIfAborted();
  await rename(partial, fileURLToPath(output)).catch((error) => {
    throw fileStop(error, 'the result cannot be put in its place');
  });
}

/** ffmpeg reads a file that was cut off to its last byte, and is content.
 * @param {number | undefined} wanted
 * @param {Media} made */
function checkComplete(wanted, { durationS: got = 0 }) {
  if (wanted === undefined || got >= wanted - Math.max(1, wanted * 0.02)) return;
  throw new Stop(
    EXIT.data,
    `the source ends early: it says ${wanted.toFixed(1)} s, but only ${got.toFixed(1)} s could be read`,
  );
}

/** @param {number | undefined} durationS */
const progressPrinter = (durationS) => (/** @type {number} */ doneS, /** @type {string} */ speed) =>
  durationS === undefined
    ? print(`progress ${doneS.toFixed(1)} s, speed ${speed}`)
    : print(`progress ${Math.min(99, Math.floor((doneS / durationS) * 100))} %, speed ${speed}`);

const ending = new AbortController();
for (const [signal, code] of /** @type {const} */ ([
  ['SIGTERM', 143],
  ['SIGINT', 130],
])) {
  process.on(signal, () =>
    ending.abort(new Stop(code, `ended by ${signal}, nothing is left behind`)),
  );
}

try {
  const { release, rest } = released(process.argv.slice(2));
  if (rest.includes('--help')) print(USAGE);
  else {
    checkRelease(release);
    const order = orderOf(rest, DAVIT_INPUT);
    print(`transcoder ${release}: ${publicName(order.input)} to ${publicName(order.output)}`);
    await transcode(order, release, ending.signal);
  }
} catch (error) {
  process.stderr.write(
    `transcoder: ${error instanceof Stop ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = error instanceof Stop ? error.code : EXIT.software;
}
