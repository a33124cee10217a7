/** Work that goes on beside what found it. */
export interface Aside {
  readonly add: (job: () => Promise<unknown>) => void;
  /** Resolves once nothing is left. */
  readonly done: () => Promise<void>;
}

/** At most so much at once, in the order in which it was added. A job must not throw. */
export const aside = (atOnce: number): Aside => {
  const waiting: (() => Promise<unknown>)[] = [];
  const workers = new Set<Promise<void>>();
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
  };
  return {
    add: (job) => {
      waiting.push(job);
      if (workers.size >= atOnce) return;
      const worker: Promise<void> = work().finally(() => workers.delete(worker));
      workers.add(worker);
    },
    done: async () => {
      while (workers.size > 0) await Promise.all(workers);
    },
  };
};
