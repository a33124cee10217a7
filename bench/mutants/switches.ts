/** The switches of all faults in one thread. At most one is on. */
export interface Switches {
  /** What the changed sources call at each fault. */
  readonly isAwake: (n: number) => boolean;
  /** From now on until `asleep`, fault n is active, and more than `mostCalls` calls are taken for an endless loop. */
  readonly wake: (n: number, mostCalls: number) => void;
  /** No fault is active any more. Returns whether there were too many calls. */
  readonly asleep: () => boolean;
  /** The places that were executed since the last `taken`, and the number of calls. */
  readonly taken: () => Taken;
}

export interface Taken {
  readonly hits: ReadonlySet<number>;
  readonly calls: number;
}

const none = -1;

/** All switches off. */
export const newSwitches = (): Switches => {
  let awake = none;
  let most = Number.POSITIVE_INFINITY;
  let calls = 0;
  let hits = new Set<number>();
  return {
    isAwake: (n) => {
      calls += 1;
      if (awake === none) hits.add(n);
      // The bound stays passed until the end: code that catches this error would go on otherwise.
      else if (calls > most) throw new Error('With this fault the test does not end.');
      return n === awake;
    },
    wake: (n, mostCalls) => {
      awake = n;
      most = mostCalls;
      calls = 0;
    },
    asleep: () => {
      const isEndless = calls > most;
      awake = none;
      most = Number.POSITIVE_INFINITY;
      calls = 0;
      return isEndless;
    },
    taken: () => {
      const taken = { hits, calls };
      hits = new Set();
      calls = 0;
      return taken;
    },
  };
};
