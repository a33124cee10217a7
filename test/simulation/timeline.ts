/** Everything that will happen in a world, in the order of its times. */
export interface Timeline {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Does something at this time, or now when the time is over; things of the same time happen in the order of these calls. */
  readonly at: (time: number, what: () => void) => void;
  /** Lets things happen until a time, one by one; `after` is called after each one, when all code that it woke has come to rest. It may throw. */
  readonly runUntil: (time: number, after?: () => void) => Promise<void>;
  /** How many things have happened. */
  readonly count: () => number;
}

interface Entry {
  readonly time: number;
  readonly order: number;
  readonly what: () => void;
}

/** Begins at this time, with nothing to happen. */
export const newTimeline = (start: number): Timeline => {
  const heap: Entry[] = [];
  let now = start;
  let order = 0;
  let count = 0;
  return {
    now: () => now,
    count: () => count,
    at: (time, what) => {
      order += 1;
      push(heap, { time: Math.max(time, now), order, what });
    },
    runUntil: async (time, after = () => {}) => {
      for (let next = heap[0]; next !== undefined && next.time <= time; next = heap[0]) {
        pop(heap);
        now = next.time;
        count += 1;
        next.what();
        // Every promise that can go on does so before the event loop comes to its next turn.
        await new Promise(setImmediate);
        after();
      }
      now = Math.max(now, time);
    },
  };
};

const isBefore = (a: Entry, b: Entry): boolean =>
  a.time < b.time || (a.time === b.time && a.order < b.order);

const push = (heap: Entry[], entry: Entry): void => {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || isBefore(above, entry)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
};

const pop = (heap: Entry[]): void => {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const isRight = right !== undefined && isBefore(right, left);
    const least = isRight ? right : left;
    if (isBefore(last, least)) break;
    heap[at] = least;
    at = isRight ? 2 * at + 2 : 2 * at + 1;
  }
  heap[at] = last;
};
