// Transcodes one video file into another with ffmpeg. README.md describes input, result and exit codes.
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { publicName } from './address.mjs';
import { checkRelease, encode, hasIndexInFront } from './encode.mjs';
import { endingSignal } from './ending.mjs';
import { exit, Stop } from './exit.mjs';
import { usage } from './fields.mjs';
import { checkSource, putInPlace, reserve, temporaryFolder } from './files.mjs';
import { mediaOf, takenS } from './media.mjs';
import { orderOf } from './order.mjs';
import { programOf } from './programs.mjs';
import { download, upload } from './web.mjs';

/** @typedef {import('./order.mjs').Order} Order */
/** @typedef {import('./media.mjs').Media} Media */

const newest = '1.1.0';
const { DAVIT_TASK_ID, DAVIT_RUN = '1', DAVIT_INPUT, TRANSCODER_RELEASE } = process.env;

/** @param {string} line */
const print = (line) => void process.stdout.write(`${line}\n`);

/** The release, from the image's argument or variable, and the other arguments.
 * @param {readonly string[]} args */
const releaseOf = (args) => {
  const at = args.indexOf('--release');
  if (at === -1) return { release: TRANSCODER_RELEASE ?? newest, rest: args };
  return {
    release: args[at + 1] ?? 'missing',
    rest: [...args.slice(0, at), ...args.slice(at + 2)],
  };
};

/** @param {Order} order
 * @param {string} release
 * @param {AbortSignal} signal */
const transcode = async (order, release, signal) => {
  const since = performance.now();
  // First, so that a missing program is reported before the download.
  programOf('ffmpeg');
  programOf('ffprobe');
  const folder = await temporaryFolder();
  const partial = partialOf(order, folder);
  try {
    await reserve(partial, order.outputPath);
    const from = await fetchSource(order, join(folder, 'source'), signal);
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
    await deliver(partial, order, signal);
    printProgress({ fraction: 1, step: 'done' });
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
    // allSettled: when one cannot be removed, the other still is, and the run's own error is reported.
    await Promise.allSettled([
      rm(partial, { force: true }),
      rm(folder, { recursive: true, force: true }),
    ]);
  }
};

/** A path that only this run uses: another run of the same task may still be active. Beside the result, so that the rename at the end
 * is atomic.
 * @param {Order} order
 * @param {string} folder */
const partialOf = ({ outputPath }, folder) => {
  const run = DAVIT_TASK_ID === undefined ? String(process.pid) : `${DAVIT_TASK_ID}-${DAVIT_RUN}`;
  return outputPath === undefined ? join(folder, 'result') : `${outputPath}.davit-${run}`;
};

/** Gets the source as a local file, and returns its path.
 * @param {Order} order
 * @param {string} copy
 * @param {AbortSignal} signal */
const fetchSource = async ({ input, inputPath }, copy, signal) => {
  if (inputPath === undefined) await download(input, copy, signal);
  else await checkSource(inputPath);
  return inputPath ?? copy;
};

/** @param {string} partial
 * @param {Order} order
 * @param {AbortSignal} signal */
const deliver = async (partial, { output, outputPath }, signal) => {
  if (outputPath === undefined) return upload(partial, output, signal);
  signal.throwIfAborted();
  return putInPlace(partial, outputPath);
};

/** Stop 65 when the source was cut off: ffmpeg reads such a file to its last byte, and reports no error.
 * @param {number | undefined} wanted
 * @param {Media} made */
const checkComplete = (wanted, { durationS: got = 0 }) => {
  if (wanted === undefined || got >= wanted - Math.max(1, wanted * 0.02)) return;
  throw new Stop(
    exit.data,
    `the source ends early: it says ${wanted.toFixed(1)} s, but only ${got.toFixed(1)} s could be read`,
  );
};

/** @param {number | undefined} durationS */
const progressPrinter = (durationS) => (/** @type {number} */ doneS, /** @type {string} */ speed) =>
  durationS === undefined
    ? printProgress({ step: `${doneS.toFixed(1)} s transcoded, speed ${speed}` })
    : printProgress({
        fraction: Math.min(0.99, Math.floor((doneS / durationS) * 100) / 100),
        step: `transcodes, speed ${speed}`,
      });

/** The line in which a tool tells Davit how far it is.
 * @param {{ fraction?: number, step: string }} progress */
const printProgress = (progress) => print(`DAVIT_PROGRESS ${JSON.stringify(progress)}`);

const ending = endingSignal();

try {
  const { release, rest } = releaseOf(process.argv.slice(2));
  if (rest.includes('--help')) print(usage);
  else {
    checkRelease(release);
    const order = orderOf(rest, DAVIT_INPUT);
    print(`transcoder ${release}: ${publicName(order.input)} to ${publicName(order.output)}`);
    await transcode(order, release, ending);
  }
} catch (error) {
  process.stderr.write(
    `transcoder: ${error instanceof Stop ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = error instanceof Stop ? error.code : exit.software;
}
