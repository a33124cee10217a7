const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls this once when the signal aborts, with one listener for all calls of a signal; returns how to cancel that. */
export const onAbort = (signal: AbortSignal | undefined, what: () => void): (() => void) => {
  if (signal === undefined) return () => {};
  const all = waiting.get(signal) ?? listenTo(signal);
  all.add(what);
  return () => void all.delete(what);
};

const listenTo = (signal: AbortSignal): Set<() => void> => {
  const all = new Set<() => void>();
  waiting.set(signal, all);
  signal.addEventListener('abort', () => {
    for (const what of all) what();
    all.clear();
  });
  return all;
};
