import { fargateCpus, fargateFault } from './fargate.ts';
import { hostKindOf, type Release, type ToolSpec } from './tool.ts';

/** What a task asks for, besides what its tool has. */
interface Asked {
  readonly askedCpu?: number;
  readonly askedMemoryMiB?: number;
}

/**
 * The size of a run with double memory, or why there is none: the tool's `maxMemoryMiB`, or Fargate's largest size. Fargate ties
 * memory to CPU, so the run gets the fewest CPU units, at least those that it had, with which Fargate offers that memory.
 */
export const doubledSize = (
  { askedCpu, askedMemoryMiB }: Asked,
  spec: ToolSpec,
): { readonly cpu: number; readonly memoryMiB: number } | { readonly fault: string } => {
  const own = askedMemoryMiB ?? spec.memoryMiB;
  const cpu = askedCpu ?? spec.cpu;
  const memoryMiB = 2 * own;
  if (memoryMiB > spec.maxMemoryMiB) {
    return { fault: `twice ${own} MiB is more than maxMemoryMiB (${spec.maxMemoryMiB})` };
  }
  if (!spec.placements.some((placement) => hostKindOf(placement) === 'fargate')) {
    return { cpu, memoryMiB };
  }
  const enough = fargateCpus.find(
    (one) => one >= cpu && fargateFault(one, memoryMiB) === undefined,
  );
  return enough === undefined
    ? { fault: `Fargate offers no ${memoryMiB} MiB with ${cpu} CPU units or more` }
    : { cpu: enough, memoryMiB };
};

interface Ran extends Asked {
  readonly release: Release;
  readonly memoryDoubled: boolean;
}

/** Whether the next run gets double memory after an out-of-memory end: once, where the spec allows it and the size exists. */
export const getsDoubleMemory = ({ release, memoryDoubled, ...asked }: Ran): boolean =>
  release.spec.doubleMemory && !memoryDoubled && !('fault' in doubledSize(asked, release.spec));

/** Why the next run gets no double memory although the spec asks for it; undefined where it does, or was doubled before. */
export const undoubled = ({ release, memoryDoubled, ...asked }: Ran): string | undefined => {
  if (!release.spec.doubleMemory || memoryDoubled) return undefined;
  const doubled = doubledSize(asked, release.spec);
  return 'fault' in doubled ? doubled.fault : undefined;
};
