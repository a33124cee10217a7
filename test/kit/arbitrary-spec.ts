import fc from 'fast-check';
import type { Placement, Release, ToolSpec } from '../../shared/core/tool.ts';
import { type Range, toolRanges } from '../../shared/wire/ranges.ts';

const within = ({ least, most }: Range) => fc.integer({ min: least, max: most });

/** A record whose listed members may be absent. */
export const partly = <T>(parts: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(parts, { requiredKeys: [] });

export const version = fc.stringMatching(/^[1-9]\.\d\.\d$/);
export const arn = fc.stringMatching(
  /^arn:aws:ecs:eu-central-1:123456789012:task\/davit\/[0-9a-f]{32}$/,
);
export const placement: fc.Arbitrary<Placement> = fc.constantFrom(
  'cpu',
  'cpu-spot',
  'gpu',
  'gpu-spot',
);

const words = (name: RegExp, minLength = 0) =>
  fc.dictionary(fc.stringMatching(name), fc.string({ minLength }), {
    noNullPrototype: true,
    maxKeys: 2,
  });

const options = partly({
  maxRunning: within(toolRanges.running),
  maxPerTenant: within(toolRanges.running),
  command: fc.array(fc.string(), { maxLength: 3 }),
  environment: words(/^[A-Z]{1,5}$/),
  secrets: words(/^[A-Z]{1,5}$/, 1),
  diskGiB: within(toolRanges.diskGiB),
  architecture: fc.constantFrom('x86_64' as const, 'arm64' as const),
});

/** Any spec that tools.yml can describe. */
const spec: fc.Arbitrary<ToolSpec> = fc
  .tuple(
    fc.record({
      image: fc.constantFrom('echo', 'transcoder'),
      cpu: within(toolRanges.cpu),
      memoryMiB: within(toolRanges.memoryMiB),
      maxCpu: within(toolRanges.cpu),
      maxMemoryMiB: within(toolRanges.memoryMiB),
      placements: fc.array(placement, { minLength: 1, maxLength: 4 }),
      timeoutMs: within(toolRanges.timeoutMs),
      startTimeoutMs: within(toolRanges.startTimeoutMs),
      startWithinMs: within(toolRanges.startWithinMs),
      attempts: within(toolRanges.attempts),
      delaysMs: fc.array(within(toolRanges.delayMs), {
        minLength: toolRanges.delays.least,
        maxLength: toolRanges.delays.most,
      }),
      reclaims: within(toolRanges.reclaims),
      stopTimeoutS: fc.integer({ min: 2, max: 120 }),
      exitCodes: fc.dictionary(
        fc.integer({ min: 1, max: toolRanges.exitCode.most }).map(String),
        fc.constantFrom('succeed', 'retry', 'fail'),
        { noNullPrototype: true, maxKeys: 3 },
      ),
      doubleMemory: fc.boolean(),
      result: fc.boolean(),
    }),
    options,
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

/** A release of this tool. */
export const releaseOf = (tool: string): fc.Arbitrary<Release> =>
  fc
    .tuple(
      fc.record({
        tool: fc.constant(tool),
        version,
        definitions: partly({ fargate: arn, hosts: arn }),
        spec,
      }),
      partly({ imageDigest: fc.stringMatching(/^sha256:[0-9a-f]{8}$/) }),
    )
    .map(([required, optional]) => ({ ...required, ...optional }));
