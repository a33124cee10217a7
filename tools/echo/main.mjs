// The smallest tool; README.md lists the fields of its input. It must start fast: tests start hundreds of it on two cores.
import { appendFileSync } from 'node:fs';

/**
 * @typedef {{ exitCode?: number, exitCodes?: number[], sleepMs?: number, ignoreSigterm?: boolean, sigtermExitCode?: number,
 *   printBytes?: number, appendTo?: string, crash?: 'throw' | 'kill' }} Input
 */

const maxResultBytes = 2048;
const { DAVIT_TASK_ID = '-', DAVIT_RUN = '1', DAVIT_INPUT = '{}' } = process.env;

/** Reads the input as an object; ends the program with exit 65 and a sentence when it is not one.
 * @returns {Input} */
const readInput = () => {
  let input;
  try {
    input = JSON.parse(DAVIT_INPUT);
  } catch (error) {
    refuse(`DAVIT_INPUT must be a JSON object, but it is not JSON: ${error}`);
  }
  if (input === null || typeof input !== 'object' || Array.isArray(input)) {
    refuse(`DAVIT_INPUT must be a JSON object, but it is ${DAVIT_INPUT.slice(0, 100)}`);
  }
  return input;
};

/** @type {(sentence: string) => never} */
const refuse = (sentence) => {
  process.stderr.write(`echo: ${sentence}\n`);
  process.exit(65);
};

/** The exit code of this run; from a list, a run past its end gets the last one.
 * @param {Input} input */
const exitCodeOf = ({ exitCode = 0, exitCodes = [] }) =>
  exitCodes[Math.min(Number(DAVIT_RUN), exitCodes.length) - 1] ?? exitCode;

/** The input's own text, not printed again from the parsed value: a number over 2^53 must come back as it was written. */
const resultOf = () => {
  const text = DAVIT_INPUT.replace(/[\r\n]+/g, ' ');
  const bytes = Buffer.byteLength(text);
  return bytes <= maxResultBytes - 'DAVIT_RESULT '.length ? text : `{"inputBytes":${bytes}}`;
};

/** @param {number} bytes */
const print = (bytes) => {
  const line = `${'.'.repeat(99)}\n`;
  for (let left = bytes; left > 0; left -= line.length) {
    process.stdout.write(left >= line.length ? line : `${'.'.repeat(left - 1)}\n`);
  }
};

const input = readInput();

// The first program of a container ignores SIGTERM unless it has a handler.
process.on('SIGTERM', () => {
  if (input.ignoreSigterm) process.stdout.write('SIGTERM ignored, as the input asks\n');
  else process.exit(input.sigtermExitCode ?? 143);
});

if (input.appendTo) {
  appendFileSync(input.appendTo, `${DAVIT_TASK_ID} ${DAVIT_RUN} ${process.pid}\n`);
}
if (input.crash === 'throw') throw new Error('crashed at the start, as the input asks');
if (input.crash === 'kill') process.kill(process.pid, 'SIGKILL');

const release = process.argv[3] ?? process.env.ECHO_RELEASE ?? '-';
process.stdout.write(`echo ${release}: task ${DAVIT_TASK_ID}, run ${DAVIT_RUN}\n`);

setTimeout(() => {
  if (input.printBytes) print(input.printBytes);
  process.exitCode = exitCodeOf(input);
  process.stdout.write(`DAVIT_RESULT ${resultOf()}\n`);
}, input.sleepMs ?? 0);
