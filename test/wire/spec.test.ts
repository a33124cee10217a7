import { describe, expect, it } from 'vitest';
import type { ToolSpec } from '../../shared/core/tool.ts';
import { specOf } from '../../shared/wire/spec.ts';

const spec: ToolSpec = {
  image: 'transcoder',
  cpu: 1024,
  memoryMiB: 2048,
  maxCpu: 2048,
  maxMemoryMiB: 4096,
  placements: ['cpu-spot', 'cpu'],
  timeoutMs: 3_600_000,
  startTimeoutMs: 900_000,
  startWithinMs: 86_400_000,
  attempts: 3,
  delaysMs: [10_000, 60_000],
  reclaims: 5,
  stopTimeoutS: 30,
  exitCodes: { 3: 'fail' },
  doubleMemory: false,
  result: false,
};

describe('the SSM parameter spec', () => {
  it('is read back as it was written', () => {
    expect(specOf(JSON.stringify(spec))).toEqual({ spec });
  });

  it('may have fields of a newer deployment', () => {
    expect(specOf(JSON.stringify({ ...spec, colour: 'red', maxRunning: 4 }))).toEqual({
      spec: { ...spec, maxRunning: 4 },
    });
  });

  it.each([
    ['{', '"{" is not JSON'],
    ['null', 'at its top: Invalid type: Expected Object but received null'],
    ['[]', 'at image: Invalid key: Expected "image" but received undefined'],
    [
      JSON.stringify({ ...spec, cpu: '1024' }),
      'at cpu: expected a whole number from 256 to 16384, but "1024" came',
    ],
    [JSON.stringify({ ...spec, placements: ['moon'] }), 'at placements.0: Invalid type'],
    [
      JSON.stringify({ ...spec, placements: [] }),
      'at placements: expected a list of 1 to 4 entries',
    ],
    [
      JSON.stringify({ ...spec, startWithinMs: 1e300 }),
      'at startWithinMs: expected a whole number from 1000 to 1209600000, but 1e+300 came',
    ],
    [JSON.stringify({ ...spec, delaysMs: [9e15] }), 'at delaysMs.0: expected a whole number'],
    [JSON.stringify({ ...spec, timeoutMs: 1000.5 }), 'at timeoutMs: expected a whole number'],
    [JSON.stringify({ ...spec, stopTimeoutS: 121 }), 'at stopTimeoutS: expected a whole number'],
    [JSON.stringify({ ...spec, exitCodes: { 256: 'fail' } }), 'at exitCodes: expected a map'],
  ])('of %s is refused with a sentence', (text, came) => {
    const read = specOf(text);
    expect(read).toEqual({ fault: expect.stringContaining(came) });
    expect(read).toEqual({ fault: expect.stringMatching(/^expected .*; deploy again$/) });
  });
});
