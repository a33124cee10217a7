import { readFile } from 'node:fs/promises';
import { errorMessage } from '../shared/core/error-message.ts';
import { present } from '../shared/core/present.ts';
import type { Submission } from '../shared/core/request.ts';
import { parseJson } from '../shared/wire/json.ts';
import { submissionOf } from '../shared/wire/message.ts';
import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import { withFullStop } from './print/with-full-stop.ts';
import { wholeNumber } from './whole-number.ts';

/** The options of `davit submit` that become the message. */
export interface TaskOptions {
  readonly tool: string;
  readonly input?: string | undefined;
  readonly version?: string | undefined;
  readonly tenant?: string | undefined;
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly timeout?: string | undefined;
  readonly 'not-before'?: string | undefined;
  readonly group?: string | undefined;
}

type ReadStdin = () => Promise<Uint8Array>;

/** Makes the body of the message, and reads the input where it is a file or stdin. Numbers keep every digit of the input. */
export const readBody = async (options: TaskOptions, readStdin: ReadStdin): Promise<string> => {
  const plain = JSON.stringify({ tool: options.tool, ...fieldsOf(options) });
  if (options.input === undefined) return plain;
  const input = checkJson(await readInput(options.input, readStdin));
  return `${plain.slice(0, -1)},"input":${input}}`;
};

/** The fields of the body that options set, beside its tool and its input. */
export const fieldsOf = (options: Omit<TaskOptions, 'tool' | 'input'>): object => {
  const { version, tenant, timeout, 'not-before': notBefore, group } = options;
  const cpu = wholeNumber('--cpu', options.cpu, { least: 1, most: mostCpu });
  const memoryMiB = wholeNumber('--memory', options.memory, { least: 1, most: mostMemoryMiB });
  return present({ version, tenant, cpu, memoryMiB, timeout, notBefore, group });
};

/** Checks the message as dispatch will check it, so that a message that can never be a task is not sent. */
export const parseSubmission = (taskId: string, body: string): Submission => {
  const submission = submissionOf(taskId, new TextEncoder().encode(body));
  if (!('reason' in submission)) return submission;
  throw new CommandError(codes.rejected, `Nothing was submitted. ${submission.reason}`);
};

// No ECS host has more than 192 vCPU and 1 TiB. The spec of the tool sets stricter bounds.
const mostCpu = 196_608;
const mostMemoryMiB = 1_048_576;

const checkJson = (bytes: Uint8Array): string => {
  const parsed = parseJson(bytes);
  if (parsed.ok) return new TextDecoder().decode(bytes).trim();
  throw new CommandError(
    codes.usage,
    `--input expects JSON (or @file, or - for stdin), but ${withFullStop(parsed.why)} An example: --input '{"seconds":2}'`,
  );
};

const readInput = async (from: string, readStdin: ReadStdin): Promise<Uint8Array> => {
  if (from === '-') return await readStdin();
  if (!from.startsWith('@')) return new TextEncoder().encode(from);
  try {
    return await readFile(from.slice(1));
  } catch (cause) {
    throw new CommandError(
      codes.usage,
      `The input could not be read from ${from.slice(1)}: ${errorMessage(cause)}`,
      cause,
    );
  }
};
