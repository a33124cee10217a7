/** Jobs that run in the background. */
export interface JobQueue {
  readonly add: (job: () => Promise<unknown>) => void;
  /** Resolves when no job is left. */
  readonly done: () => Promise<void>;
}

/** Runs at most `atOnce` jobs at the same time, in the order in which they were added. A job must not throw. */
export const jobQueueOf = (atOnce: number): JobQueue => {
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
