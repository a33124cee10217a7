import { describe, expect, it } from 'vitest';
import { fargateCpus, fargateFault } from '../../shared/core/fargate.ts';

describe('the sizes of a run on Fargate', () => {
  it.each([
    [256, 512],
    [256, 2048],
    [512, 1024],
    [512, 4096],
    [1024, 2048],
    [1024, 8192],
    [2048, 4096],
    [2048, 16_384],
    [4096, 8192],
    [4096, 30_720],
    [8192, 16_384],
    [8192, 61_440],
    [16_384, 32_768],
    [16_384, 122_880],
  ])('has %i CPU units with %i MiB', (cpu, memoryMiB) => {
    expect(fargateFault(cpu, memoryMiB)).toBeUndefined();
  });

  it.each([
    [256, 4096, 'with 256 CPU units Fargate offers 512, 1024, 2048 MiB, not 4096'],
    [512, 512, 'with 512 CPU units Fargate offers 1024, 2048, 3072, 4096 MiB, not 512'],
    [
      4096,
      31_744,
      'with 4096 CPU units Fargate offers 8192 to 30720 in steps of 1024 MiB, not 31744',
    ],
    [
      8192,
      17_408,
      'with 8192 CPU units Fargate offers 16384 to 61440 in steps of 4096 MiB, not 17408',
    ],
    [300, 512, 'Fargate offers 256, 512, 1024, 2048, 4096, 8192, 16384 CPU units, not 300'],
  ])(
    'does not have %i CPU units with %i MiB, and says what Fargate offers',
    (cpu, memoryMiB, sentence) => {
      expect(fargateFault(cpu, memoryMiB)).toBe(sentence);
    },
  );

  it('lists the CPU sizes from the smallest to the largest', () => {
    expect(fargateCpus).toEqual([256, 512, 1024, 2048, 4096, 8192, 16_384]);
  });
});
