import * as v from 'valibot';
import { isObject } from '../core/object.ts';
import { present } from '../core/present.ts';
import type { ToolSpec } from '../core/tool.ts';
import { bytesOf, mostLiveBytes } from './live.ts';
import { mostSpecBytes } from './ranges.ts';
import { printable, shown } from './shown.ts';
import { parameterText } from './spec.ts';
import { stageKey, stageLimitIn } from './stage-limit.ts';
import { faultsOfKeys, noValues } from './tools-keys.ts';
import { toolSchema } from './tools-schema.ts';

/**
 * The specs of `tools.yml` by the names of the tools, and the limit of the whole stage if there is one; or a sentence for each
 * fault in the file.
 */
export type ParsedTools =
  | { readonly specs: Readonly<Record<string, ToolSpec>>; readonly maxRunning?: number }
  | { readonly faults: readonly string[] };

/** Checks the whole document of `tools.yml`, and fills in every default. */
export const toolsOf = (document: unknown): ParsedTools => {
  const entries = isObject(document) ? Object.entries(document) : [];
  const named = entries.filter(([name]) => name !== stageKey);
  if (named.length === 0) {
    return {
      faults: [
        `expected tools by their names, but ${cameIn(document)} came; write e.g. \`echo:\` and its keys under it`,
      ],
    };
  }
  const stage = stageOf(entries);
  const tools = named.map(([name, value]) => ({ name, ...toolOf(name, value) }));
  const faults = [...stage.faults, ...tools.flatMap((tool) => tool.faults)];
  return faults.length > 0
    ? { faults }
    : {
        specs: Object.fromEntries(tools.flatMap(({ name, spec }) => (spec ? [[name, spec]] : []))),
        ...present({ maxRunning: stage.maxRunning }),
      };
};

const cameIn = (document: unknown): string => {
  if (document === null) return 'nothing';
  if (!isObject(document)) return shown(document);
  return Object.keys(document).length > 0 ? `only ${stageKey}` : 'nothing';
};

const stageOf = (
  entries: readonly (readonly [string, unknown])[],
): { maxRunning?: number; faults: readonly string[] } => {
  const entry = entries.find(([name]) => name === stageKey);
  if (entry === undefined) return { faults: [] };
  const read = stageLimitIn(entry[1]);
  return 'fault' in read ? { faults: [`${stageKey}: ${read.fault}`] } : { ...read, faults: [] };
};

const toolOf = (name: string, value: unknown): { spec?: ToolSpec; faults: readonly string[] } => {
  if (!isObject(value)) {
    const came = value === null ? 'nothing' : shown(value);
    return {
      faults: [
        `${printable(name)}: expected the tool's keys, but ${came} came; write image, cpu, memoryMiB and placements under its name`,
      ],
    };
  }
  const parsed = v.safeParse(toolSchema, { ...noValues, ...value });
  const faults = [
    ...faultsOfName(name),
    ...faultsOfKeys(Object.keys(value)).map((sentence) => `${printable(name)}: ${sentence}`),
    ...(parsed.issues ?? []).map(
      (issue) => `${printable(name)}.${v.getDotPath(issue)}: ${issue.message}`,
    ),
  ];
  if (!parsed.success) {
    return { faults };
  }
  const spec = specFrom(parsed.output);
  const bytes = bytesOf(parameterText(spec));
  return bytes <= mostSpecBytes
    ? { spec, faults }
    : {
        faults: [
          ...faults,
          `${name}: expected a spec of at most ${mostSpecBytes} bytes, but it has ${bytes} (the live record, an SSM parameter of ${mostLiveBytes} bytes, holds the spec and more); shorten command, environment, secrets or exitCodes`,
        ],
      };
};

const faultsOfName = (name: string): readonly string[] =>
  /^[a-z][a-z0-9-]{0,31}$/.test(name)
    ? []
    : [
        `${printable(name)}: a tool's name has small letters, digits and hyphens, begins with a letter ` +
          'and has at most 32 of them; rename it',
      ];

const specFrom = (tool: v.InferOutput<typeof toolSchema>): ToolSpec => ({
  image: tool.image,
  cpu: tool.cpu,
  memoryMiB: tool.memoryMiB,
  maxCpu: tool.maxCpu ?? tool.cpu,
  maxMemoryMiB: tool.maxMemoryMiB ?? tool.memoryMiB,
  placements: tool.placements,
  timeoutMs: tool.timeout,
  startTimeoutMs: tool.startTimeout,
  startWithinMs: tool.startWithin,
  attempts: tool.attempts,
  delaysMs: tool.delays,
  reclaims: tool.reclaims,
  stopTimeoutS: Math.ceil(tool.stopTimeout / 1000),
  exitCodes: tool.exitCodes,
  doubleMemory: tool.doubleMemory,
  result: tool.result,
  ...present({
    maxRunning: tool.maxRunning,
    maxPerTenant: tool.maxPerTenant,
    command: tool.command,
    environment: isEmpty(tool.environment) ? undefined : tool.environment,
    secrets: isEmpty(tool.secrets) ? undefined : tool.secrets,
    diskGiB: tool.diskGiB,
    architecture: tool.architecture,
  }),
});

const isEmpty = (map: object): boolean => Object.keys(map).length === 0;
