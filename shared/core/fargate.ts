const range = (least: number, most: number, step: number): readonly number[] =>
  Array.from({ length: (most - least) / step + 1 }, (_, index) => least + index * step);

/** The MiB that Fargate offers for each CPU size on Linux (ECS developer guide, "invalid CPU or memory errors"). */
const memoryMiBByCpu: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, range(1024, 4096, 1024)],
  [1024, range(2048, 8192, 1024)],
  [2048, range(4096, 16_384, 1024)],
  [4096, range(8192, 30_720, 1024)],
  [8192, range(16_384, 61_440, 4096)],
  [16_384, range(32_768, 122_880, 8192)],
]);

/** CPU units that a run on Fargate can have, ascending. */
export const fargateCpus: readonly number[] = [...memoryMiBByCpu.keys()];

/** Why Fargate cannot run this size, with the sizes that it offers; undefined when it can. */
export const fargateFault = (cpu: number, memoryMiB: number): string | undefined => {
  const offered = memoryMiBByCpu.get(cpu);
  if (!offered) {
    return `Fargate offers ${fargateCpus.join(', ')} CPU units, not ${cpu}`;
  }
  return offered.includes(memoryMiB)
    ? undefined
    : `with ${cpu} CPU units Fargate offers ${spelled(offered)} MiB, not ${memoryMiB}`;
};

const spelled = (sizes: readonly number[]): string => {
  const [first, second, third] = sizes;
  return first === undefined || second === undefined || third === undefined || sizes.length <= 4
    ? sizes.join(', ')
    : `${first} to ${sizes.at(-1)} in steps of ${second - first}`;
};
