import fc from 'fast-check';
import type { Placement, Release, ToolSpec } from '../../shared/core/tool.ts';

const whole = (max: number) => fc.integer({ min: 1, max });

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

const words = (name: RegExp) =>
  fc.dictionary(fc.stringMatching(name), fc.string(), { noNullPrototype: true, maxKeys: 2 });

const options = partly({
  maxRunning: whole(500),
  maxPerTenant: whole(500),
  command: fc.array(fc.string(), { maxLength: 3 }),
  environment: words(/^[A-Z]{1,5}$/),
  secrets: words(/^[A-Z]{1,5}$/),
  diskGiB: fc.integer({ min: 21, max: 200 }),
  architecture: fc.constantFrom('x86_64' as const, 'arm64' as const),
});

/** Any spec that tools.yml could say. */
const spec: fc.Arbitrary<ToolSpec> = fc
  .tuple(
    fc.record({
      image: fc.constantFrom('echo', 'transcoder'),
      cpu: whole(16_384),
      memoryMiB: whole(120_000),
      maxCpu: whole(16_384),
      maxMemoryMiB: whole(120_000),
      placements: fc.array(placement, { minLength: 1, maxLength: 4 }),
      timeoutMs: whole(21_600_000),
      startTimeoutMs: whole(900_000),
      startWithinMs: whole(86_400_000),
      attempts: whole(10),
      delaysMs: fc.array(whole(900_000), { minLength: 1, maxLength: 4 }),
      reclaims: whole(10),
      stopTimeoutS: whole(120),
      exitCodes: fc.dictionary(
        fc.stringMatching(/^\d{1,3}$/),
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
