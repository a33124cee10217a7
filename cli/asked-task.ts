import { readFile } from 'node:fs/promises';
import { errorMessage } from '../shared/core/error-message.ts';
import type { Submission } from '../shared/core/request.ts';
import { parseJson } from '../shared/wire/json.ts';
import { submissionOf } from '../shared/wire/message.ts';
import { codes } from './codes.ts';
import { wholeNumber } from './numbers.ts';
import { withStop } from './print/with-stop.ts';
import { Trouble } from './trouble.ts';

/** The options of `davit submit` that become the message. */
export interface TaskOptions {
  readonly tool: string;
  readonly input?: string | undefined;
  readonly version?: string | undefined;
  readonly tenant?: string | undefined;
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

// ECS's own bounds: 192 vCPU and 1 TiB would be more than any host of it has. The tool's spec is stricter.
const mostCpu = 196_608;
const mostMemoryMiB = 1_048_576;

type ReadStdin = () => Promise<Uint8Array>;

/** The body of the message. The input goes in as it was written, digit for digit. */
export const bodyOf = async (options: TaskOptions, readStdin: ReadStdin): Promise<string> => {
  const { tool, version, tenant } = options;
  const cpu = wholeNumber('--cpu', options.cpu, { least: 1, most: mostCpu });
  const memoryMiB = wholeNumber('--memory', options.memory, { least: 1, most: mostMemoryMiB });
  const plain = JSON.stringify({ tool, version, tenant, cpu, memoryMiB });
  if (options.input === undefined) return plain;
  const input = checked(await readInput(options.input, readStdin));
  return `${plain.slice(0, -1)},"input":${input}}`;
};

/** The message checked as dispatch will check it, so that what can never be a task is not sent. */
export const submissionFrom = (taskId: string, body: string): Submission => {
  const submission = submissionOf(taskId, new TextEncoder().encode(body));
  if (!('reason' in submission)) return submission;
  throw new Trouble(codes.rejected, `Nothing was submitted. ${submission.reason}`);
};

const checked = (bytes: Uint8Array): string => {
  const parsed = parseJson(bytes);
  if (parsed.ok) return new TextDecoder().decode(bytes).trim();
  throw new Trouble(
    codes.usage,
    `--input expects JSON (or @file, or - for stdin), but ${withStop(parsed.why)} An example: --input '{"seconds":2}'`,
  );
};

const readInput = async (from: string, readStdin: ReadStdin): Promise<Uint8Array> => {
  if (from === '-') return await readStdin();
  if (!from.startsWith('@')) return new TextEncoder().encode(from);
  try {
    return await readFile(from.slice(1));
  } catch (cause) {
    const why = errorMessage(cause);
    throw new Trouble(
      codes.usage,
      `The input could not be read from ${from.slice(1)}: ${why}`,
      cause,
    );
  }
};
