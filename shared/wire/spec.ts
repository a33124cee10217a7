import * as v from 'valibot';
import type { ToolSpec } from '../core/tool.ts';
import { listIn, mapOf, textIn, wholeIn } from './bounded.ts';
import { jsonOf } from './json-of.ts';
import { isExitCode, lengths, sizes, toolRanges } from './ranges.ts';
import { printable } from './shown.ts';
import type { FieldsOf } from './stored-time.ts';

/**
 * A ToolSpec in SSM, alone and within `live`, with the ranges of tools.yml. Fields that a newer deployment added are ignored.
 */
export const storedSpec = v.object({
  image: textIn(lengths.arn),
  cpu: wholeIn(toolRanges.cpu),
  memoryMiB: wholeIn(toolRanges.memoryMiB),
  maxCpu: wholeIn(toolRanges.cpu),
  maxMemoryMiB: wholeIn(toolRanges.memoryMiB),
  placements: listIn(v.picklist(['cpu', 'cpu-spot', 'gpu', 'gpu-spot']), sizes.placements),
  timeoutMs: wholeIn(toolRanges.timeoutMs),
  startTimeoutMs: wholeIn(toolRanges.startTimeoutMs),
  startWithinMs: wholeIn(toolRanges.startWithinMs),
  attempts: wholeIn(toolRanges.attempts),
  delaysMs: listIn(wholeIn(toolRanges.delayMs), toolRanges.delays),
  reclaims: wholeIn(toolRanges.reclaims),
  stopTimeoutS: wholeIn({
    least: toolRanges.stopTimeoutMs.least / 1000,
    most: toolRanges.stopTimeoutMs.most / 1000,
  }),
  exitCodes: mapOf(v.picklist(['succeed', 'retry', 'fail']), sizes.exitCodes, isExitCode),
  doubleMemory: v.boolean(),
  result: v.boolean(),
  maxRunning: v.exactOptional(wholeIn(toolRanges.running)),
  maxPerTenant: v.exactOptional(wholeIn(toolRanges.running)),
  command: v.exactOptional(listIn(textIn(lengths.ofSpec), sizes.ofSpec)),
  environment: v.exactOptional(mapOf(textIn(lengths.ofSpec), sizes.ofSpec)),
  secrets: v.exactOptional(mapOf(textIn(lengths.arn), sizes.ofSpec)),
  diskGiB: v.exactOptional(wholeIn(toolRanges.diskGiB)),
  architecture: v.exactOptional(v.picklist(['x86_64', 'arm64'])),
} satisfies FieldsOf<ToolSpec>);

/**
 * JSON that a deployment passes on unchanged. SSM refuses `{{…}}`, the name of another parameter (PutParameter), and the program
 * that deploys replaces `${…}`. Both can be only in JSON strings, where a brace may be written as `\u007b`.
 */
export const parameterText = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/([{$])\{/g, '$1\\u007b');

// Characters of an issue's message: a sentence of bounded.ts or of the library, which quotes the input.
const longestMessage = 200;

/** A spec that was read, or a sentence that says what is wrong with it. */
export type ReadSpec = { readonly spec: ToolSpec } | { readonly fault: string };

/** Reads the SSM parameter `spec`. Only a deployment writes it, from `tools.yml`. */
export const specOf = (text: string): ReadSpec => {
  const value = jsonOf(text);
  const read = v.safeParse(storedSpec, value);
  if (read.success) {
    return { spec: read.output };
  }
  const expected = 'expected the tool spec that a deployment writes';
  const [issue] = read.issues;
  const came =
    value === undefined
      ? `"${printable(text)}" is not JSON`
      : `at ${v.getDotPath(issue) ?? 'its top'}: ${printable(issue.message, longestMessage)}`;
  return { fault: `${expected}, but ${came}; deploy again` };
};
