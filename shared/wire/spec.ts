import * as v from 'valibot';
import type { ToolSpec } from '../core/tool.ts';
import { jsonOf } from './json-of.ts';
import { printable } from './shown.ts';

/** A ToolSpec as it lies in SSM, alone and within `live`. What a newer deployment added is left alone. */
export const storedSpec = v.object({
  image: v.string(),
  cpu: v.number(),
  memoryMiB: v.number(),
  maxCpu: v.number(),
  maxMemoryMiB: v.number(),
  placements: v.array(v.picklist(['cpu', 'cpu-spot', 'gpu', 'gpu-spot'])),
  timeoutMs: v.number(),
  startTimeoutMs: v.number(),
  startWithinMs: v.number(),
  attempts: v.number(),
  delaysMs: v.array(v.number()),
  reclaims: v.number(),
  stopTimeoutS: v.number(),
  exitCodes: v.record(v.string(), v.picklist(['succeed', 'retry', 'fail'])),
  doubleMemory: v.boolean(),
  result: v.boolean(),
  maxRunning: v.exactOptional(v.number()),
  maxPerTenant: v.exactOptional(v.number()),
  command: v.exactOptional(v.array(v.string())),
  environment: v.exactOptional(v.record(v.string(), v.string())),
  secrets: v.exactOptional(v.record(v.string(), v.string())),
  diskGiB: v.exactOptional(v.number()),
  architecture: v.exactOptional(v.picklist(['x86_64', 'arm64'])),
});

/**
 * JSON that goes through a deployment as it is: SSM refuses `{{…}}`, the name of another parameter (PutParameter), and the program that
 * deploys fills in `${…}`. Both stand only within texts, where a brace may be written by its number.
 */
export const parameterText = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/([{$])\{/g, '$1\\u007b');

/** A spec that was read, or a sentence that says what is wrong with it. */
export type ReadSpec = { readonly spec: ToolSpec } | { readonly fault: string };

/** Reads the SSM parameter `spec`, which the deployment writes from `tools.yml` and nobody should edit. */
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
      ? `"${printable(text)}" is no JSON`
      : `at ${v.getDotPath(issue) ?? 'its top'}: ${printable(issue.message)}`;
  return { fault: `${expected}, but ${came}; deploy again` };
};
