/** Why Fargate does not offer this size, or undefined. Both are decimal strings: cpu units and MiB. */
export const fargateSizeFault = (
  cpu: string | undefined,
  memory: string | undefined,
): string | undefined => {
  if (!isSet(cpu)) return "Fargate requires that 'cpu' be defined at the task level.";
  if (!isSet(memory)) return "Fargate requires that 'memory' be defined at the task level.";
  return isSize(cpu, memory) ? undefined : 'No Fargate configuration exists for given values.';
};

const isSet = (value: string | undefined): value is string => value !== undefined && value !== '';

/** Fargate's sizes: cpu units → [minimum MiB, maximum MiB, step] (botocore ecs, TaskDefinition.memory). */
const memorySteps: Readonly<Record<string, readonly [number, number, number]>> = {
  '512': [1024, 4096, 1024],
  '1024': [2048, 8192, 1024],
  '2048': [4096, 16_384, 1024],
  '4096': [8192, 30_720, 1024],
  '8192': [16_384, 61_440, 4096],
  '16384': [32_768, 122_880, 8192],
};

const isSize = (cpu: string, memory: string): boolean => {
  if (cpu === '256') return ['512', '1024', '2048'].includes(memory);
  const steps = Object.hasOwn(memorySteps, cpu) ? memorySteps[cpu] : undefined;
  if (steps === undefined || !/^\d+$/.test(memory)) return false;
  const [least, most, step] = steps;
  const memoryMiB = Number(memory);
  return memoryMiB >= least && memoryMiB <= most && (memoryMiB - least) % step === 0;
};
