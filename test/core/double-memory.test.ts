import { describe, expect, it } from 'vitest';
import { doubledSize } from '../../shared/core/double-memory.ts';
import { echoSpec } from '../kit/site.ts';

const spec = { ...echoSpec, cpu: 256, memoryMiB: 2048, maxMemoryMiB: 16_384 };

describe('double memory', () => {
  it.each([
    [{}, { ...spec, memoryMiB: 512 }, { cpu: 256, memoryMiB: 1024 }],
    [{}, spec, { cpu: 512, memoryMiB: 4096 }],
    [{ askedMemoryMiB: 8192, askedCpu: 1024 }, spec, { cpu: 2048, memoryMiB: 16_384 }],
  ])(
    'is twice the memory, with the fewest CPU units that Fargate has for it',
    (asked, of, size) => {
      expect(doubledSize(asked, of)).toEqual(size);
    },
  );

  it.each([
    [{}, { ...spec, maxMemoryMiB: 4095 }, 'twice 2048 MiB is more than maxMemoryMiB (4095)'],
    [
      { askedCpu: 16_384, askedMemoryMiB: 106_496 },
      { ...spec, maxMemoryMiB: 300_000 },
      'Fargate offers no 212992 MiB with 16384 CPU units or more',
    ],
  ])('says why there is none', (asked, of, fault) => {
    expect(doubledSize(asked, of)).toEqual({ fault });
  });
});
