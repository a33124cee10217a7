import { expect, test } from 'vitest';
import { toolsOf } from '../../shared/wire/tools-file.ts';
import { knownKeys } from '../../shared/wire/tools-keys.ts';

const least = { image: 'echo', cpu: 256, memoryMiB: 512, placements: ['cpu'] };

type Key = (typeof knownKeys)[number];

/** For each key a value that is not its default. */
const other: Readonly<Record<Key, unknown>> = {
  image: 'transcoder',
  cpu: 512,
  memoryMiB: 1024,
  maxCpu: 1024,
  maxMemoryMiB: 2048,
  placements: ['cpu-spot', 'cpu'],
  acceptReclaim: true,
  timeout: '2h',
  startTimeout: '5m',
  startWithin: '2h',
  attempts: 5,
  delays: ['1s'],
  reclaims: 1,
  maxRunning: 3,
  maxPerTenant: 2,
  stopTimeout: '10s',
  exitCodes: { 3: 'fail' },
  result: true,
  doubleMemory: true,
  command: ['-i', '{input.url}'],
  environment: { LANG: 'C.UTF-8' },
  secrets: { KEY: 'arn:aws:ssm:eu-central-1:123456789012:parameter/film/key' },
  diskGiB: 30,
  architecture: 'arm64',
};

/** Keys that change no spec, and why. */
const notInSpec: Partial<Record<Key, string>> = {
  acceptReclaim: 'it only allows Spot for long runs',
};

const specWith = (keys: object) => {
  const parsed = toolsOf({ echo: { ...least, ...keys } });
  if ('faults' in parsed) throw new Error(parsed.faults.join());
  return parsed.specs.echo;
};

// A key that `toolSchema` or `specFrom` forgets would be accepted, and lost.
test.each(knownKeys.map((key) => [key] as const))('the key %s reaches the spec', (key) => {
  const memory =
    key === 'cpu' ? { memoryMiB: 1024 } : key === 'maxPerTenant' ? { maxRunning: 3 } : {};
  const [plain, changed] = [specWith(memory), specWith({ ...memory, [key]: other[key] })];
  if (notInSpec[key] === undefined) expect(changed).not.toEqual(plain);
  else expect(changed).toEqual(plain);
});
